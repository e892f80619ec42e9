import {
  checkRawSnapshot,
  difference,
  type Interval,
  type RawSnapshot,
  type Snapshot,
  snapshotOf,
} from "@irqtrace/decode";
import { hardirqRows } from "@irqtrace/hardirqs/decode";
import { softirqRows } from "@irqtrace/softirqs/decode";
import type { CountedInterruptRow, TimedInterruptRow } from "./interrupt-row.ts";

/** Of raw snapshots of all classes together. */
export const INTERRUPTS_SCHEMA = "irqtrace.interrupts/1";

/** Marks a row of softirqs as such. */
export const ofSoftirq = <Row extends object>(row: Row): Row & { readonly class: "softirq" } => ({
  class: "softirq",
  ...row,
});

/**
 * Decodes what `capture()` of {@link traceInterrupts} gave, anywhere: the rows of the classes that were asked for.
 *
 * @throws LayoutMismatchError if it is no raw snapshot of interrupts, or is damaged. RangeError if a counter is above
 * 2^53 - 1.
 *
 * @example
 * ```ts
 * import { decodeInterrupts, type RawSnapshot } from "@irqtrace/interrupts/decode";
 *
 * const softirqs = (raw: RawSnapshot): number => decodeInterrupts(raw).rows.filter((row) => row.class === "softirq").length;
 * console.log(typeof softirqs); // function
 * ```
 */
export function decodeInterrupts(raw: RawSnapshot): Snapshot<CountedInterruptRow | TimedInterruptRow> {
  checkRawSnapshot(raw, INTERRUPTS_SCHEMA);
  const hasSoftirqs = raw.classes?.includes("softirq") ?? true;
  return snapshotOf(raw, [
    ...hardirqRows(raw, INTERRUPTS_SCHEMA),
    ...(hasSoftirqs ? softirqRows(raw, INTERRUPTS_SCHEMA).map(ofSoftirq) : []),
  ]);
}

/**
 * What happened between two snapshots of one tracer of all classes. `maxNs` is a bound here: at most 12.5 % too high below
 * 64.4 s, the run's maximum where it may have been longer, and never above that; `intervals()` gives exact ones.
 *
 * @throws RangeError if `earlier` is not the earlier one.
 *
 * @example
 * ```ts
 * // kernel
 * import { interruptDifference, traceInterrupts } from "@irqtrace/interrupts";
 *
 * using tracer = traceInterrupts({ classes: "all" });
 * const earlier = tracer.snapshot();
 * await Bun.sleep(100);
 * for (const row of interruptDifference(tracer.snapshot(), earlier).rows) console.log(row.class, row.name, row.count);
 * ```
 */
export function interruptDifference<Row extends CountedInterruptRow>(
  later: Snapshot<Row>,
  earlier: Snapshot<Row>,
): Interval<Row> {
  const counters: readonly string[] = ["unhandled", "wakeThread"];
  return difference(later, earlier, {
    keyOf: (row) => `${row.class} ${sourceOf(row)} ${row.cpu ?? ""}`,
    counters: counters as readonly (keyof Row)[],
  });
}

/** What tells a row from others of its class. */
function sourceOf(row: CountedInterruptRow): string | number {
  if (row.class === "device") return row.slot;
  return row.class === "nmi" ? row.handler : row.name;
}
