import {
  cumulativeRows,
  difference as differenceOf,
  type Interval,
  type RawSnapshot,
  type Snapshot,
  snapshotOf,
} from "@irqtrace/decode";
import type { CountedHardirqRow, TimedHardirqRow } from "./row.ts";
import { hardirqTable } from "./table.ts";

export type { Cost, Histogram, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export type { CountedHardirqRow, TimedHardirqRow } from "./row.ts";

/**
 * Decodes what `capture()` gave, anywhere: rows are timed if times were measured.
 *
 * @throws LayoutMismatchError if it is no raw snapshot of hardirqs, or is damaged. RangeError if a counter is above
 * 2^53 - 1.
 *
 * @example
 * ```ts
 * import { decodeHardirqs, type RawSnapshot } from "@irqtrace/hardirqs/decode";
 *
 * const busiest = (raw: RawSnapshot): string | undefined =>
 *   decodeHardirqs(raw).rows.toSorted((one, other) => other.count - one.count)[0]?.name;
 * console.log(typeof busiest); // function
 * ```
 */
export function decodeHardirqs(raw: RawSnapshot): Snapshot<CountedHardirqRow | TimedHardirqRow> {
  return snapshotOf(raw, cumulativeRows(hardirqTable(raw)));
}

/**
 * What happened between two snapshots of one tracer. `maxNs` is a bound here, at most 12.5 % too high and never above
 * the run's maximum; `intervals()` gives exact ones.
 *
 * @throws RangeError if `earlier` is not the earlier one.
 *
 * @example
 * ```ts
 * // kernel
 * import { difference, traceHardirqs } from "@irqtrace/hardirqs";
 *
 * using tracer = traceHardirqs();
 * const earlier = tracer.snapshot();
 * await Bun.sleep(100);
 * for (const row of difference(tracer.snapshot(), earlier).rows) console.log(row.irq, row.name, row.count);
 * ```
 */
export function difference<Row extends CountedHardirqRow>(later: Snapshot<Row>, earlier: Snapshot<Row>): Interval<Row> {
  return differenceOf(later, earlier, {
    keyOf: ({ slot, cpu }) => `${slot} ${cpu ?? ""}`,
    counters: ["unhandled", "wakeThread"],
  });
}
