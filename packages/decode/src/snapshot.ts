import type { Cost } from "./cost.ts";
import { countSince } from "./count-since.ts";
import type { Lost, RawSnapshot } from "./raw-snapshot.ts";

/**
 * Everything since attach: rows that have events, cumulative.
 *
 * @example
 * ```ts
 * import type { Snapshot } from "@irqtrace/decode";
 *
 * const totalOf = (snapshot: Snapshot<{ count: number }>): number =>
 *   snapshot.rows.reduce((sum, row) => sum + row.count, 0);
 * const lost = { tableFull: 0, recursionMisses: 0 };
 * console.log(totalOf({ start: new Date(), elapsedNs: 1e9, lost, rows: [{ count: 2 }, { count: 3 }] })); // 5
 * ```
 */
export interface Snapshot<Row> {
  /** Wall clock at attach. */
  readonly start: Date;
  /** Time since attach, by the monotonic clock. */
  readonly elapsedNs: number;
  readonly lost: Lost;
  /** Of the programs since attach; present if it was asked for. */
  readonly cost?: Cost;
  readonly rows: readonly Row[];
}

/**
 * A snapshot of these rows, with all else as a raw snapshot has it.
 *
 * @example
 * ```ts
 * import { snapshotOf } from "@irqtrace/decode";
 *
 * const lost = { tableFull: 0, recursionMisses: 0 };
 * console.log(snapshotOf({ startUnixMs: 0, elapsedNs: 2e9, lost }, ["a row"]).start.getTime()); // 0
 * ```
 */
export function snapshotOf<Row>(
  { startUnixMs, elapsedNs, lost, cost }: Pick<RawSnapshot, "startUnixMs" | "elapsedNs" | "lost" | "cost">,
  rows: readonly Row[],
): Snapshot<Row> {
  return { start: new Date(startUnixMs), elapsedNs, lost, ...(cost === undefined ? {} : { cost }), rows };
}

/**
 * What happened between two instants: rows that had events.
 *
 * @example
 * ```ts
 * import type { Interval } from "@irqtrace/decode";
 *
 * const ratePerSecond = (interval: Interval<{ count: number }>): number =>
 *   interval.rows.reduce((sum, row) => sum + row.count, 0) / (interval.intervalNs / 1e9);
 * const lost = { tableFull: 0, recursionMisses: 0 };
 * console.log(ratePerSecond({ start: new Date(), intervalNs: 5e8, lost, rows: [{ count: 7 }] })); // 14
 * ```
 */
export interface Interval<Row> {
  /** Wall clock at the interval's start. */
  readonly start: Date;
  /** Measured length by the monotonic clock: late readings say how long they really took. */
  readonly intervalNs: number;
  readonly lost: Lost;
  /** Of the programs within the interval; present if it was asked for. */
  readonly cost?: Cost;
  readonly rows: readonly Row[];
}

/**
 * What was lost after `earlier` and not after `later`.
 *
 * @throws RangeError if `earlier` is not the earlier one.
 *
 * @example
 * ```ts
 * import { lostSince } from "@irqtrace/decode";
 *
 * const earlier = { unmatched: 1, tableFull: 0, recursionMisses: null };
 * const later = { unmatched: 1, tableFull: 4, recursionMisses: null };
 * console.log(lostSince(later, earlier).tableFull); // 4
 * ```
 */
export function lostSince(later: Lost, earlier: Lost): Lost {
  const { unmatched, tableFull, recursionMisses: misses } = later;
  return {
    ...(unmatched === undefined ? {} : { unmatched: countSince(unmatched, earlier.unmatched ?? 0, "unmatched") }),
    tableFull: countSince(tableFull, earlier.tableFull, "tableFull"),
    recursionMisses: misses === null ? null : countSince(misses, earlier.recursionMisses ?? 0, "recursionMisses"),
  };
}
