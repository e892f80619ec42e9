import {
  checkRawSnapshot,
  cumulativeRows,
  difference as differenceOf,
  type Interval,
  type RawSnapshot,
  type Snapshot,
  snapshotOf,
} from "@irqtrace/decode";
import { hasBegun, waitsSince } from "./latency-difference.ts";
import type { CountedSoftirqRow, TimedSoftirqRow } from "./row.ts";
import { SCHEMA, softirqTable } from "./table.ts";

export type { Cost, Histogram, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export type {
  CountedSoftirqRow,
  SoftirqLatency,
  SoftirqPlaces,
  SoftirqWaits,
  TimedSoftirqRow,
} from "./row.ts";
export { type SoftirqVector, VECTORS } from "./vectors.ts";

/**
 * Decodes what `capture()` gave, anywhere: rows are timed if times were measured.
 *
 * @throws LayoutMismatchError if it is no raw snapshot of softirqs, or is damaged. RangeError if a counter is above
 * 2^53 - 1.
 *
 * @example
 * ```ts
 * import { decodeSoftirqs, type RawSnapshot } from "@irqtrace/softirqs/decode";
 *
 * const slowest = (raw: RawSnapshot): string | undefined =>
 *   decodeSoftirqs(raw)
 *     .rows.filter((row) => "maxNs" in row)
 *     .sort((one, other) => other.maxNs - one.maxNs)[0]?.name;
 * console.log(typeof slowest); // function
 * ```
 */
export function decodeSoftirqs(raw: RawSnapshot): Snapshot<CountedSoftirqRow | TimedSoftirqRow> {
  return snapshotOf(raw, softirqRows(raw));
}

/**
 * The rows of softirqs in a raw snapshot of any schema.
 *
 * @throws LayoutMismatchError if it is of another schema or has no softirqs, or is damaged. RangeError if a counter is
 * above 2^53 - 1.
 *
 * @example
 * ```ts
 * import { type RawSnapshot, softirqRows } from "@irqtrace/softirqs/decode";
 *
 * const names = (raw: RawSnapshot): string[] => softirqRows(raw, raw.schema).map((row) => row.name);
 * console.log(typeof names); // function
 * ```
 */
export function softirqRows(
  raw: RawSnapshot,
  schema: string = SCHEMA,
): readonly (CountedSoftirqRow | TimedSoftirqRow)[] {
  checkRawSnapshot(raw, schema);
  return cumulativeRows(softirqTable(raw, schema));
}

/**
 * What happened between two snapshots of one tracer. `maxNs` is a bound here: at most 12.5 % too high below 64.4 s, the
 * run's maximum where it may have been longer, and never above that; `intervals()` gives exact ones.
 *
 * @throws RangeError if `earlier` is not the earlier one.
 *
 * @example
 * ```ts
 * // kernel
 * import { difference, traceSoftirqs } from "@irqtrace/softirqs";
 *
 * using tracer = traceSoftirqs();
 * const earlier = tracer.snapshot();
 * await Bun.sleep(100);
 * for (const row of difference(tracer.snapshot(), earlier).rows) console.log(row.name, row.count);
 * ```
 */
export function difference<Row extends CountedSoftirqRow>(later: Snapshot<Row>, earlier: Snapshot<Row>): Interval<Row> {
  return differenceOf<Row>(later, earlier, {
    keyOf: ({ vector, cpu }) => `${vector} ${cpu ?? ""}`,
    counters: [],
    others: waitsSince,
    hasEvents: (row) => row.count > 0 || hasBegun(row),
  });
}
