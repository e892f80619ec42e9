import type { TimedFields } from "@irqtrace/decode";

/**
 * A softirq vector's events, or with `perCpu` those on one CPU. Source: irq:softirq_exit.
 *
 * @example
 * ```ts
 * import type { CountedSoftirqRow } from "@irqtrace/softirqs";
 *
 * const row: CountedSoftirqRow = { vector: 3, name: "net_rx", count: 130_000 };
 * console.log(`${row.name}: ${row.count}`); // net_rx: 130000
 * ```
 */
export interface CountedSoftirqRow {
  readonly vector: number;
  /** See `VECTORS`. */
  readonly name: string;
  /** Present with `perCpu`. */
  readonly cpu?: number;
  readonly count: number;
}

/**
 * A vector's events with their times, from irq:softirq_entry to irq:softirq_exit; interrupts in between included.
 *
 * @example
 * ```ts
 * import type { TimedSoftirqRow } from "@irqtrace/softirqs";
 *
 * const tail = (row: TimedSoftirqRow): string => `${row.name}: 1 in 100 runs takes ${row.p99Ns} ns or more`;
 * console.log(typeof tail); // function
 * ```
 */
export interface TimedSoftirqRow extends CountedSoftirqRow, TimedFields {}
