import { deepEqual, equal, ok } from "node:assert/strict";
import { release } from "node:os";
import type { CountedHardirqRow, TimedHardirqRow } from "@irqtrace/hardirqs";
import type { CountedSoftirqRow, TimedSoftirqRow } from "@irqtrace/softirqs";
import type { Lost, Tracer } from "@irqtrace/tracer";
import type { KernelCounts } from "./kernel-counts.ts";
import type { Measured } from "./report.ts";

export type HardirqRow = CountedHardirqRow | TimedHardirqRow;
export type SoftirqRow = CountedSoftirqRow | TimedSoftirqRow;
type Row = HardirqRow | SoftirqRow;

/** What is compared with what, and which sources the load is sure to use. */
export interface Comparison<R extends Row> {
  readonly tracer: Tracer<R>;
  readonly counters: () => KernelCounts;
  /** The kernel's name of what the row counts. */
  readonly sourceOf: (row: R) => string;
  readonly load: () => Promise<void>;
  /** Sources by the least number of events that the load causes. */
  readonly expected: ReadonlyMap<string, number>;
}

/** The tracer's rows between two readings of the kernel's counts. */
interface Reading<R extends Row> {
  readonly earliest: KernelCounts;
  readonly rows: ReadonlyMap<string, readonly R[]>;
  readonly latest: KernelCounts;
}

/**
 * Between two readings the tracer must have counted what the kernel has: exactly for the sources that stood still while
 * they were read, among them all that are expected, and within what happened around the readings for the others; on
 * each CPU by itself where the tracer has rows per CPU. Says what agreed exactly, and how many events were compared.
 */
export async function compareCounts<R extends Row>(comparison: Comparison<R>): Promise<Measured> {
  const before = await read(comparison);
  const { lost } = comparison.tracer.snapshot();
  await comparison.load();
  const after = await read(comparison);
  const missed = checkConsistency(comparison.tracer, lost);
  const exact: string[] = [];
  const figures = { exact: 0, bracketed: 0, deviation: 0, missed };
  for (const source of after.latest.keys()) {
    const still = stoodStill(source, before) && stoodStill(source, after);
    const rows = after.rows.get(source) ?? [];
    for (const row of rows) compareRow(source, row, before, after, { running: still ? 0 : 1, missed });
    const gained = total(after.earliest, source) - total(before.latest, source);
    // On a line without a row, or with rows that stopped, the kernel may not have counted either.
    ok(gained <= 1 || rows.length > 0, `the kernel counted ${gained} events of ${source} and the tracer none`);
    if (still && gained > 0) exact.push(`${gained} of ${source}`);
    figures[still ? "exact" : "bracketed"] += gained;
    if (still) figures.deviation += Math.abs(tracedOf(source, before, after) - gained);
    const least = comparison.expected.get(source) ?? 0;
    ok(gained >= least, `the load caused ${gained} events of ${source}, not ${least}: it does not test anything`);
  }
  for (const source of comparison.expected.keys()) ok(after.latest.has(source), `the kernel does not count ${source}`);
  return { detail: exact.join(", "), figures };
}

/** Runs of the first action on a shared line: the kernel counts a line's interrupt once. */
function tracedOf<R extends Row>(source: string, before: Reading<R>, after: Reading<R>): number {
  const runs = (reading: Reading<R>): number =>
    (reading.rows.get(source) ?? [])
      .filter((row) => !("action" in row) || row.action === 0)
      .reduce((sum, row) => sum + row.count, 0);
  return runs(after) - runs(before);
}

/** Reads until the expected sources stand still meanwhile. */
async function read<R extends Row>({ tracer, counters, sourceOf, expected }: Comparison<R>): Promise<Reading<R>> {
  for (let attempt = 0; attempt < 100; attempt++) {
    await Bun.sleep(20);
    const earliest = counters();
    const rows = Map.groupBy(tracer.snapshot().rows, sourceOf);
    const reading = { earliest, rows, latest: counters() };
    if ([...expected.keys()].every((source) => stoodStill(source, reading))) return reading;
  }
  throw new Error(`${[...expected.keys()].join(" and ")} never stood still for the time of a reading.`);
}

/**
 * Each action of a shared line sees every interrupt of the line, so every row must agree by itself. The kernel counts
 * before a handler runs and the tracer after it: `running` is how many a CPU may have been amid where it was read, and
 * `missed` how many the tracer reports that it did not see.
 */
function compareRow<R extends Row>(
  source: string,
  row: R,
  before: Reading<R>,
  after: Reading<R>,
  { running, missed }: { readonly running: number; readonly missed: number },
): void {
  const kernel = (counts: KernelCounts): number =>
    row.cpu === undefined ? total(counts, source) : (counts.get(source)?.[row.cpu] ?? 0);
  const cpus = row.cpu === undefined ? (after.latest.get(source)?.length ?? 0) : 1;
  const previous = before.rows.get(source)?.find((other) => isSameRow(row, other))?.count ?? 0;
  const traced = row.count - previous;
  const least = kernel(after.earliest) - kernel(before.latest) - running * cpus - missed;
  const most = kernel(after.latest) - kernel(before.earliest) + running * cpus;
  const where = row.cpu === undefined ? source : `${source} on CPU ${row.cpu}`;
  ok(traced >= least && traced <= most, `${where}: ${traced} traced, ${least} to ${most} counted by the kernel`);
}

function isSameRow(row: Row, other: Row): boolean {
  const place = (one: Row): number => ("slot" in one ? one.slot : one.vector);
  return place(row) === place(other) && row.cpu === other.cpu;
}

/** Nothing was lost under the load where softirqs do not interleave, and what describes a row describes the same events. */
function checkConsistency(tracer: Tracer<Row>, before: Lost): number {
  const { lost, rows } = tracer.snapshot();
  const missed = missedIn(lost) - missedIn(before);
  if (!INTERLEAVES) deepEqual(lost, before, "lost events");
  equal(lost.tableFull, 0, "events without a row");
  for (const row of rows) if ("histogram" in row) equal(row.histogram.count, row.count, "events in the histogram");
  return missed;
}

/** At most so many events are in no row: a run whose entry was missed is unmatched as well. */
function missedIn({ recursionMisses, unmatched }: Lost): number {
  return (recursionMisses ?? 0) + (unmatched ?? 0);
}

/**
 * On newer real-time kernels softirqs of one CPU preempt each other: a program that is preempted is not entered again, and of two runs
 * of one vector the tracer knows the later one's start.
 */
const INTERLEAVES = release().includes("-rt-") && !release().startsWith("6.1.");

function stoodStill(source: string, { earliest, latest }: Pick<Reading<Row>, "earliest" | "latest">): boolean {
  return String(earliest.get(source)) === String(latest.get(source));
}

function total(counts: KernelCounts, source: string): number {
  return (counts.get(source) ?? []).reduce((sum, count) => sum + count, 0);
}
