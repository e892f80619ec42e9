import type { Invocation } from "../invocation.ts";
import type { ReportPlaces, ReportRow, ReportWait } from "../report.ts";
import { timeUnit } from "./format-time.ts";
import type { Column } from "./table-columns.ts";

/**
 * What --latency adds to a table: how long runs had waited, and which of them ksoftirqd began; with --places where the
 * others began. Their ranks put them between the columns of times: the tail stays longest.
 */
export function waitTableColumns(invocation: Invocation): readonly Column[] {
  if (!invocation.latency) return [];
  const unit = timeUnit(invocation.nanoseconds);
  const wait = (field: keyof ReportWait & `${string}Ns`, title: string, dropRank: number): Column =>
    column(`${title}_${unit.suffix}`, dropRank, ({ latency }) =>
      latency === undefined ? undefined : unit.format(latency[field]),
    );
  return [
    column("lat_count", 0.2, ({ latency }) => latency?.count),
    wait("avgNs", "lat_avg", 1.5),
    wait("p50Ns", "lat_p50", 2.5),
    wait("p99Ns", "lat_p99", 6.6),
    wait("maxNs", "lat_max", 6.3),
    onlyIfAny(column("unmatched_raise", 4.2, ({ unmatchedRaise }) => unmatchedRaise)),
    place("ksoftirqd", "ksoftirqd"),
    onlyIfAny(place("ktimers", "ktimers")),
    ...(invocation.places
      ? [onlyIfTold(place("interruptExit", "irq_exit")), onlyIfTold(place("bhEnable", "bh_enable"))]
      : []),
    ...(invocation.places ? [onlyIfTold(place("inline", "inline"))] : []),
    onlyIfAny(place("unknown", "unknown")),
  ];
}

const PLACE_DROP_RANK = 4.5;

function place(name: keyof ReportPlaces, title: string): Column {
  return column(title, PLACE_DROP_RANK, ({ places }) => places?.[name]);
}

function column(title: string, dropRank: number, value: (row: ReportRow) => number | string | undefined): Column {
  return { title, align: "right", dropRank, isShown: () => true, cell: (row) => String(value(row) ?? "-") };
}

/** Where any row has a number that is not 0. */
function onlyIfAny(shown: Column): Column {
  return { ...shown, isShown: (report) => report.rows.some((row) => !["0", "-"].includes(shown.cell(row, report))) };
}

/** Where it is told at all. */
function onlyIfTold(shown: Column): Column {
  return { ...shown, isShown: (report) => report.rows.some((row) => shown.cell(row, report) !== "-") };
}
