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
export interface TimedSoftirqRow extends CountedSoftirqRow, TimedFields, Partial<SoftirqWaits> {}

/**
 * How long a vector's runs had waited when they began: from the first raise since the last run (irq:softirq_raise) to
 * irq:softirq_entry on the same CPU. All times in ns.
 *
 * @example
 * ```ts
 * import type { SoftirqLatency } from "@irqtrace/softirqs";
 *
 * const isLate = ({ p99Ns }: SoftirqLatency): boolean => p99Ns > 4_000_000; // a tick at 250 Hz
 * console.log(typeof isLate); // function
 * ```
 */
export interface SoftirqLatency extends Omit<TimedFields, "selfNs"> {
  /** Runs that began and whose raise is known. A run that has not ended is in here and not in the row's `count`. */
  readonly count: number;
}

/**
 * Where a vector's runs began, as counts. Together they are as many as `latency.count` and `unmatchedRaise`.
 *
 * @example
 * ```ts
 * import type { SoftirqPlaces } from "@irqtrace/softirqs";
 *
 * const places: SoftirqPlaces = { ksoftirqd: 3, ktimers: 0, interruptExit: 40, bhEnable: 900, unknown: 0 };
 * console.log(places.inline === undefined); // true: the stack told all of them apart
 * ```
 */
export interface SoftirqPlaces {
  /** In the thread that takes over when softirqs take long; by far most of them on PREEMPT_RT. */
  readonly ksoftirqd: number;
  /** In the thread for timers that PREEMPT_RT has. */
  readonly ktimers: number;
  /** As an interrupt ended. With `places: "stack"`. */
  readonly interruptExit?: number;
  /** In a task that allowed softirqs again, or an idle CPU that did what another had asked. With `places: "stack"`. */
  readonly bhEnable?: number;
  /** One of these two, not told apart. Without `places: "stack"`. */
  readonly inline?: number;
  /** On a CPU whose threads are not known (it came online later, /proc hides them), or with a stack that says nothing. */
  readonly unknown: number;
}

/**
 * What `latency: true` adds to a row. Counted as runs begin, while `count` and the times are counted as they end: of a
 * vector whose only run has begun, `count` is 0.
 *
 * @example
 * ```ts
 * import type { SoftirqWaits } from "@irqtrace/softirqs";
 *
 * const runsThatBegan = ({ latency, unmatchedRaise }: SoftirqWaits): number => latency.count + unmatchedRaise;
 * console.log(typeof runsThatBegan); // function
 * ```
 */
export interface SoftirqWaits {
  readonly latency: SoftirqLatency;
  /** Runs without a remembered raise, which are not timed: raised before tracing, or again just before the last run. */
  readonly unmatchedRaise: number;
  readonly places: SoftirqPlaces;
}
