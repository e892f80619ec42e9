import { escapeControl } from "../escape-control.ts";
import type { Invocation } from "../invocation.ts";
import type { Report, ReportRow, RowField } from "../report.ts";
import { SIZE_FIELDS } from "../select-rows.ts";
import { timeUnit } from "./format-time.ts";
import { waitTableColumns } from "./wait-table-columns.ts";

export interface Column<Row = ReportRow> {
  readonly title: string;
  readonly align: "left" | "right";
  /** The smaller, the sooner it is dropped where the terminal is narrow; null: never. */
  readonly dropRank: number | null;
  isShown(report: Report<Row>): boolean;
  cell(row: Row, report: Report<Row>): string;
}

/** The order in which columns go: first what another column nearly says, last what tells how much time is lost. */
const DROP_ORDER: readonly RowField[] = [
  "vector",
  "p50Ns",
  "avgNs",
  "wakeThread",
  "p99Ns",
  "unhandled",
  "maxNs",
  "selfNs",
  "count",
  "totalNs",
];
const SHARE_DROP_RANK = DROP_ORDER.indexOf("count") + 0.5;

/** The columns of a table, in their order; which of them a report needs is up to `isShown`. */
export function tableColumns(invocation: Invocation): readonly Column[] {
  const { command } = invocation;
  const number = (field: RowField, title: string): Column => numberColumn(invocation, field, title);
  const columns: readonly Column[] = [
    nameColumn(command.noun),
    ...(invocation.classes === undefined ? [] : [classColumn()]),
    number(command.numberKey, command.numberKey),
    ...(command.identity.includes("action") ? [onlyIfAny(number("action", "action"), "action")] : []),
    ...(invocation.perCpu ? [number("cpu", "cpu")] : []),
    number("count", "count"),
    ...(invocation.measure === "time" ? timeColumns(invocation) : []),
    ...waitTableColumns(invocation),
    ...command.outcomes.map((field) => onlyIfAny(number(field, OUTCOME_TITLES[field] ?? field), field)),
  ];
  return columns;
}

const OUTCOME_TITLES: Readonly<Partial<Record<RowField, string>>> = {
  unhandled: "unhandled",
  wakeThread: "wake_thread",
};

function nameColumn(title: string): Column {
  return { title, align: "left", dropRank: null, isShown: () => true, cell: (row) => escapeControl(row.name) };
}

/** Of rows of several classes, which names alone may not tell apart. */
function classColumn(): Column {
  return { title: "class", align: "left", dropRank: null, isShown: () => true, cell: (row) => row.class ?? "-" };
}

function numberColumn(invocation: Invocation, field: RowField, title: string): Column {
  return {
    title,
    align: "right",
    dropRank: dropRank(invocation, field),
    isShown: () => true,
    cell: (row) => String(row[field] ?? "-"),
  };
}

function timeColumns(invocation: Invocation): readonly Column[] {
  const unit = timeUnit(invocation.nanoseconds);
  const time = (field: "totalNs" | "selfNs" | "avgNs" | "p50Ns" | "p99Ns" | "maxNs", title: string): Column => ({
    ...numberColumn(invocation, field, `${title}_${unit.suffix}`),
    cell: (row) => unit.format(row[field] ?? 0),
  });
  return [
    time("totalNs", "total"),
    shareColumn(),
    ...(invocation.self ? [time("selfNs", "self")] : []),
    time("avgNs", "avg"),
    time("p50Ns", "p50"),
    time("p99Ns", "p99"),
    time("maxNs", "max"),
  ];
}

/** The row's time as a share of one CPU: above 100 when several CPUs served it all the time. */
function shareColumn(): Column {
  return {
    title: "cpu%",
    align: "right",
    dropRank: SHARE_DROP_RANK,
    isShown: () => true,
    cell: (row, report) => (report.lengthNs > 0 ? (100 * (row.totalNs ?? 0)) / report.lengthNs : 0).toFixed(2),
  };
}

function onlyIfAny(column: Column, field: RowField): Column {
  return { ...column, isShown: (report) => report.rows.some((row) => row[field]) };
}

function dropRank(invocation: Invocation, field: RowField): number | null {
  const { sort } = invocation;
  const sortField = sort === "name" || sort === "irq" || sort === "vector" ? sort : SIZE_FIELDS[sort];
  const rank = DROP_ORDER.indexOf(field);
  // A table sorted by what it does not show would look unsorted.
  return rank < 0 || field === sortField ? null : rank;
}
