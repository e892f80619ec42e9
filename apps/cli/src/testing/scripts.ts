import { type Cost, Histogram, type Interval } from "@irqtrace/decode";
import type { ReportRow } from "../report.ts";
import type { Script } from "./fake-tracer.ts";

/** What tells a row from others, without its figures. */
export type RowLabel = Omit<ReportRow, "count" | "histogram" | `${string}Ns`>;

/** What happened to a row: its label and the duration of each event. */
export type Events = readonly [label: RowLabel, samplesNs: readonly number[]];

/** The rows that a tracer gives with times. */
export function timed(events: readonly Events[]): readonly ReportRow[] {
  return events.map(([label, samplesNs]) => timedRow(label, samplesNs));
}

/** The rows that a tracer gives with counts alone. */
export function counted(events: readonly Events[]): readonly ReportRow[] {
  return events.map(([label, samplesNs]) => ({ ...label, count: samplesNs.length }));
}

export function timedRow(label: RowLabel, samplesNs: readonly number[]): ReportRow {
  const histogram = Histogram.fromSamples(samplesNs);
  const totalNs = samplesNs.reduce((sum, ns) => sum + ns, 0);
  const maxNs = Math.max(...samplesNs);
  const quantileNs = (quantile: number): number => Math.min(maxNs, histogram.quantileNs(quantile));
  return {
    ...label,
    count: samplesNs.length,
    totalNs,
    avgNs: totalNs / samplesNs.length,
    maxNs,
    p50Ns: quantileNs(0.5),
    p90Ns: quantileNs(0.9),
    p99Ns: quantileNs(0.99),
    p999Ns: quantileNs(0.999),
    histogram,
  };
}

/** A machine with two disks of one name, a network card, and a line that two devices share. */
export function hardirqEvents(cpu?: number): readonly Events[] {
  const label = (irq: number, action: number, name: string, unhandled = 0, wakeThread = 0): RowLabel => ({
    class: "device",
    irq,
    action,
    name,
    ...(cpu === undefined ? {} : { cpu }),
    unhandled,
    wakeThread,
  });
  return [
    [label(11, 0, "uhci_hcd:usb1", 200), repeat(200, 310)],
    [label(11, 1, "ahci[0000:00:1f.2]"), repeat(37, 2_900, 4_100, 5_200)],
    [label(24, 0, "virtio1-req.0"), repeat(4_000, 2_950, 3_100, 3_400, 31_104)],
    [label(25, 0, "virtio1-req.0"), repeat(900, 2_700, 3_300)],
    [label(40, 0, "mlx5_comp3@pci:0000:03:00.0"), repeat(12_000, 812, 1_204)],
    [label(9, 0, "acpi", 0, 3), [45, 62, 1_500_000]],
  ];
}

/** A machine's interrupts of every class. */
export function allEvents(): readonly Events[] {
  return [
    [{ class: "device", irq: 36, action: 0, name: "virtio1-req.0", unhandled: 0, wakeThread: 0 }, repeat(400, 1_100)],
    [{ class: "vector", vector: 236, name: "local_timer" }, repeat(1_000, 8_700, 9_100)],
    [{ class: "vector", vector: 253, name: "reschedule" }, repeat(2_500, 140)],
    [{ class: "ipi", name: "Rescheduling interrupts" }, repeat(12, 300)],
    [{ class: "nmi", handler: "0xffffffff81011230", name: "perf_event_nmi_handler" }, [2_400]],
  ];
}

/** The rows as they are with exclusive times: an eighth of each was others'. */
export function exclusive(rows: readonly ReportRow[]): readonly ReportRow[] {
  return rows.map((row) => ({ ...row, selfNs: ((row.totalNs ?? 0) * 7) / 8 }));
}

export function softirqEvents(cpu?: number): readonly Events[] {
  const label = (vector: number, name: string): RowLabel => ({ vector, name, ...(cpu === undefined ? {} : { cpu }) });
  return [
    [label(1, "timer"), repeat(998, 1_020, 2_210)],
    [label(3, "net_rx"), repeat(13_000, 1_900, 2_600, 9_800)],
    [label(7, "sched"), repeat(600, 4_400)],
    [label(9, "rcu"), [...repeat(1_099, 250), 81_818_182]],
  ];
}

/** The rows that a tracer with waits gives; of the last vector a run has begun and none has ended. */
export function waited(by: "thread" | "stack"): readonly ReportRow[] {
  const waits: readonly (readonly number[])[] = [
    repeat(990, 8_200, 33_000),
    [...repeat(12_900, 310, 330), 4_003_812],
    repeat(600, 9_700, 41_000),
    repeat(1_100, 12_800),
  ];
  const rows = timed(softirqEvents()).map((row, index) =>
    withWaits(row, waits[index] ?? [], by, index === 1 ? 101 : 0),
  );
  const begun = { ...timedRow({ vector: 4, name: "block" }, []), totalNs: 0, avgNs: 0, maxNs: 0 };
  const none = { p50Ns: 0, p90Ns: 0, p99Ns: 0, p999Ns: 0 };
  return [...rows, withWaits({ ...begun, ...none }, [864], by, 0)];
}

function withWaits(
  row: ReportRow,
  waitsNs: readonly number[],
  by: "thread" | "stack",
  unmatchedRaise: number,
): ReportRow {
  const {
    count,
    totalNs = 0,
    avgNs = 0,
    maxNs = 0,
    p50Ns = 0,
    p90Ns = 0,
    p99Ns = 0,
    p999Ns = 0,
  } = timedRow(row, waitsNs);
  const histogram = Histogram.fromSamples(waitsNs);
  const began = count + unmatchedRaise;
  const ksoftirqd = Math.floor(began / 10);
  const interruptExit = Math.floor(began / 3);
  const bhEnable = began - ksoftirqd - interruptExit;
  const elsewhere = by === "stack" ? { interruptExit, bhEnable } : { inline: interruptExit + bhEnable };
  return {
    ...row,
    latency: { count, totalNs, avgNs, maxNs, p50Ns, p90Ns, p99Ns, p999Ns, histogram },
    unmatchedRaise,
    places: { ksoftirqd, ktimers: 0, ...elsewhere, unknown: 0 },
  };
}

/** Two full intervals of one second and a partial one; all of them together are the snapshot. */
export function scriptOf<Row = ReportRow>(
  rows: readonly Row[],
  lost: Interval<Row>["lost"] = { unmatched: 0, tableFull: 0, recursionMisses: 0 },
  cost?: Cost,
): Script<Row> {
  const told = cost === undefined ? {} : { cost };
  const interval = (second: number, intervalNs: number): Interval<Row> => ({
    start: new Date(Date.UTC(2026, 2, 29, 0, 59, 58 + second, 250)),
    intervalNs,
    lost,
    ...told,
    rows,
  });
  const { start } = interval(0, 0);
  return {
    intervals: [interval(0, 1_000_012_345), interval(1, 999_990_001)],
    partial: interval(2, 400_000_000),
    snapshot: { start, elapsedNs: 2_400_002_346, lost, ...told, rows },
  };
}

/** As many durations as asked for, the given ones in turn. */
function repeat(count: number, ...samplesNs: readonly number[]): readonly number[] {
  return Array.from({ length: count }, (_, index) => samplesNs[index % samplesNs.length] ?? 0);
}
