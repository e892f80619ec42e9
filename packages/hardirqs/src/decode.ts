import {
  checkRawSnapshot,
  cumulativeRows,
  difference as differenceOf,
  type Interval,
  type RawSnapshot,
  type Snapshot,
  snapshotOf,
} from "@irqtrace/decode";
import type { AnyCountedHardirqRow, AnyTimedHardirqRow } from "./row.ts";
import { systemTable } from "./system-table.ts";
import { hardirqTable, SCHEMA } from "./table.ts";

export type { Cost, Histogram, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export { HARDIRQ_CLASSES, type HardirqClass } from "./hardirq-class.ts";
export type {
  AnyCountedHardirqRow,
  AnyTimedHardirqRow,
  CountedHardirqRow,
  CountedIpiRow,
  CountedNmiRow,
  CountedVectorRow,
  TimedHardirqRow,
} from "./row.ts";
export { SYSTEM_VECTORS, type SystemVector } from "./system-vectors.ts";

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
export function decodeHardirqs(raw: RawSnapshot): Snapshot<AnyCountedHardirqRow | AnyTimedHardirqRow> {
  return snapshotOf(raw, hardirqRows(raw));
}

/**
 * The rows of hard interrupts in a raw snapshot of any schema: of those classes that it says are wanted.
 *
 * @throws LayoutMismatchError if it is of another schema, or is damaged. RangeError if a counter is above 2^53 - 1.
 *
 * @example
 * ```ts
 * import { hardirqRows, type RawSnapshot } from "@irqtrace/hardirqs/decode";
 *
 * const names = (raw: RawSnapshot): string[] => hardirqRows(raw, raw.schema).map((row) => row.name);
 * console.log(typeof names); // function
 * ```
 */
export function hardirqRows(
  raw: RawSnapshot,
  schema: string = SCHEMA,
): readonly (AnyCountedHardirqRow | AnyTimedHardirqRow)[] {
  checkRawSnapshot(raw, schema);
  const { classes } = raw;
  const hasDevices = classes === undefined || classes.includes("device");
  return [
    ...(hasDevices ? cumulativeRows(hardirqTable(raw, schema)) : []),
    // Without a class that takes them there are none.
    ...(raw.maps["sources"] === undefined ? [] : cumulativeRows(systemTable(raw, schema))),
  ];
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
 * import { difference, traceHardirqs } from "@irqtrace/hardirqs";
 *
 * using tracer = traceHardirqs();
 * const earlier = tracer.snapshot();
 * await Bun.sleep(100);
 * for (const row of difference(tracer.snapshot(), earlier).rows) console.log(row.irq, row.name, row.count);
 * ```
 */
export function difference<Row extends AnyCountedHardirqRow>(
  later: Snapshot<Row>,
  earlier: Snapshot<Row>,
): Interval<Row> {
  const counters: readonly string[] = ["unhandled", "wakeThread"];
  return differenceOf(later, earlier, {
    keyOf: (row) => `${row.class} ${sourceOf(row)} ${row.cpu ?? ""}`,
    counters: counters as readonly (keyof Row)[],
  });
}

/** What tells a row from others of its class. */
function sourceOf(row: AnyCountedHardirqRow): string | number {
  if (row.class === "device") return row.slot;
  return row.class === "nmi" ? row.handler : row.name;
}
