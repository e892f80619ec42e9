import type { TimedFields } from "@irqtrace/decode";

/**
 * The runs of one action (handler) of an interrupt line, or with `perCpu` those on one CPU. Two lines with one name
 * are two rows, and so are the actions of a shared line. Source: irq:irq_handler_exit, struct irqaction.
 *
 * @example
 * ```ts
 * import type { CountedHardirqRow } from "@irqtrace/hardirqs";
 *
 * const spurious = (row: CountedHardirqRow): number => row.unhandled / row.count;
 * const row = { class: "device", irq: 36, action: 0, name: "virtio1-req.0", slot: 0, count: 4, unhandled: 1, wakeThread: 0 } as const;
 * console.log(spurious(row)); // 0.25
 * ```
 */
export interface CountedHardirqRow {
  /** On arm64 the timers and IPIs of the CPUs are such lines too. */
  readonly class: "device";
  /** The interrupt's number, as in /proc/interrupts; that of an arm64 IPI (`name` "IPI") is not shown there. */
  readonly irq: number;
  /** Position on the line: 0 unless the line is shared. */
  readonly action: number;
  /** The action's name, cut after 63 bytes; the last that was seen, if its driver rewrote it. */
  readonly name: string;
  /** The row's place in the tracer's table: the same in all readings of one tracer, also when two rows look alike. */
  readonly slot: number;
  /** Present with `perCpu`. */
  readonly cpu?: number;
  readonly count: number;
  /** Runs that returned IRQ_NONE: not this device's interrupt. */
  readonly unhandled: number;
  /** Runs that returned IRQ_WAKE_THREAD: the work goes on in thread irq/N-name, which is not in these times. */
  readonly wakeThread: number;
}

/**
 * An action's runs with their times, from irq:irq_handler_entry to irq:irq_handler_exit.
 *
 * @example
 * ```ts
 * import type { TimedHardirqRow } from "@irqtrace/hardirqs";
 *
 * const worst = (rows: readonly TimedHardirqRow[]): number => Math.max(...rows.map((row) => row.maxNs));
 * console.log(worst([])); // -Infinity
 * ```
 */
export interface TimedHardirqRow extends CountedHardirqRow, TimedFields {}
