import { costSince } from "./cost.ts";
import { countSince } from "./count-since.ts";
import type { Histogram } from "./histogram.ts";
import { type Interval, lostSince, type Snapshot } from "./snapshot.ts";
import { type TimedFields, timedFields } from "./timed-fields.ts";

/** What a row must have to be subtracted; times only if they were measured. */
interface CumulativeRow {
  readonly count: number;
  readonly totalNs?: number;
  readonly selfNs?: number;
  readonly maxNs?: number;
  readonly histogram?: Histogram;
}

/** How rows of a kind are matched and subtracted. */
export interface RowArithmetic<Row> {
  /** The same for the same source in both snapshots. */
  keyOf(row: Row): string | number;
  /** Names of counters beside `count` and the times. */
  readonly counters: readonly (keyof Row)[];
  /** What else of a row is subtracted. */
  others?(later: Row, earlier: Row): Partial<Row>;
  /** Whether anything happened to a row of the difference; by default what `count` counts. */
  hasEvents?(row: Row): boolean;
}

/**
 * What happened between two snapshots of one tracer. Maxima cannot be known exactly from two cumulative readings: they
 * are the bound of the highest bucket that gained events, and not above the run's maximum. `intervals()` is exact.
 *
 * @throws RangeError if `earlier` is not the earlier one: a count or a loss would be negative.
 *
 * @example
 * ```ts
 * import { difference } from "@irqtrace/decode";
 *
 * const common = { start: new Date(), lost: { tableFull: 0, recursionMisses: 0 } };
 * const earlier = { ...common, elapsedNs: 1e9, rows: [{ name: "net_rx", count: 10 }] };
 * const later = { ...common, elapsedNs: 2e9, rows: [{ name: "net_rx", count: 25 }] };
 * const { rows } = difference(later, earlier, { keyOf: (row) => row.name, counters: [] });
 * console.log(rows[0]?.count); // 15
 * ```
 */
export function difference<Row extends CumulativeRow>(
  later: Snapshot<Row>,
  earlier: Snapshot<Row>,
  arithmetic: RowArithmetic<Row>,
): Interval<Row> {
  const intervalNs = later.elapsedNs - earlier.elapsedNs;
  if (intervalNs < 0)
    throw new RangeError("Cannot take the difference: the first snapshot is older. Pass the later one first.");
  const earlierRows = new Map(earlier.rows.map((row) => [arithmetic.keyOf(row), row]));
  const rows = later.rows
    .map((row) => subtractRow(row, earlierRows.get(arithmetic.keyOf(row)), arithmetic))
    .filter((row) => (arithmetic.hasEvents === undefined ? row.count > 0 : arithmetic.hasEvents(row)));
  const start = new Date(earlier.start.getTime() + earlier.elapsedNs / 1e6);
  const cost =
    later.cost === undefined || earlier.cost === undefined ? {} : { cost: costSince(later.cost, earlier.cost) };
  return { start, intervalNs, lost: lostSince(later.lost, earlier.lost), ...cost, rows };
}

function subtractRow<Row extends CumulativeRow>(
  later: Row,
  earlier: Row | undefined,
  { counters, others }: RowArithmetic<Row>,
): Row {
  if (earlier === undefined) return later;
  const count = countSince(later.count, earlier.count, "count");
  // Rows of several kinds do not all have the same counters.
  const counted = counters.filter((name) => later[name] !== undefined);
  const subtracted = counted.map((name) => [
    name,
    countSince(Number(later[name]), Number(earlier[name]), String(name)),
  ]);
  return {
    ...later,
    count,
    ...Object.fromEntries(subtracted),
    ...others?.(later, earlier),
    ...(isTimed(later) && isTimed(earlier) ? timesSince(later, earlier) : {}),
  };
}

const isTimed = (row: CumulativeRow): row is CumulativeRow & CumulativeTimes => row.histogram !== undefined;

/** Cumulative times of one kind: those of a row, or what it waited. */
export interface CumulativeTimes {
  readonly count: number;
  readonly totalNs: number;
  readonly selfNs?: number;
  readonly maxNs: number;
  readonly histogram: Histogram;
}

/**
 * The times that came after `earlier`. The maximum is a bound, as {@link difference} says.
 *
 * @throws RangeError if `earlier` is no earlier state of `later`.
 *
 * @example
 * ```ts
 * import { Histogram, timesSince } from "@irqtrace/decode";
 *
 * const earlier = { count: 1, totalNs: 500, maxNs: 500, histogram: Histogram.fromSamples([500]) };
 * const later = { count: 2, totalNs: 600, maxNs: 500, histogram: Histogram.fromSamples([500, 100]) };
 * console.log(timesSince(later, earlier).totalNs); // 100
 * ```
 */
export function timesSince(later: CumulativeTimes, earlier: CumulativeTimes): TimedFields {
  const count = countSince(later.count, earlier.count, "count");
  const histogram = later.histogram.difference(earlier.histogram);
  const totalNs = later.totalNs - earlier.totalNs;
  const takenNs = later.selfNs === undefined ? undefined : totalNs - (later.selfNs - (earlier.selfNs ?? 0));
  const maxNs = count === 0 ? 0 : Math.min(histogram.upperMaxNs, later.maxNs);
  return timedFields({ count, totalNs, takenNs, maxNs, histogram });
}
