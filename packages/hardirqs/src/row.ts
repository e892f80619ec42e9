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
  /** On arm64 the timers of the CPUs are such lines too. */
  readonly class: "device";
  /** The interrupt's number, as in /proc/interrupts. */
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

/** What rows have in common that belong to the CPUs themselves. */
interface CountedSystemRow {
  readonly name: string;
  /** Present with `perCpu`. */
  readonly cpu?: number;
  readonly count: number;
}

/**
 * A system vector's interrupts (x86). Source: the tracepoints irq_vectors:*_exit.
 *
 * @example
 * ```ts
 * import type { CountedVectorRow } from "@irqtrace/hardirqs";
 *
 * const row: CountedVectorRow = { class: "vector", vector: 0xec, name: "local_timer", count: 250 };
 * console.log(row.name); // local_timer
 * ```
 */
export interface CountedVectorRow extends CountedSystemRow {
  readonly class: "vector";
  /** Its number; see `SYSTEM_VECTORS` for what `name` can be. */
  readonly vector: number;
}

/**
 * Interrupts of one kind that CPUs send each other (arm64); `name` is what the kernel says they are for. Source:
 * ipi:ipi_exit.
 *
 * @example
 * ```ts
 * import type { CountedIpiRow } from "@irqtrace/hardirqs";
 *
 * const row: CountedIpiRow = { class: "ipi", name: "Rescheduling interrupts", count: 12 };
 * console.log(row.count); // 12
 * ```
 */
export interface CountedIpiRow extends CountedSystemRow {
  readonly class: "ipi";
}

/**
 * The runs of one NMI handler (x86): of one NMI every registered handler runs. Source: nmi:nmi_handler, which tells the
 * duration.
 *
 * @example
 * ```ts
 * import type { CountedNmiRow } from "@irqtrace/hardirqs";
 *
 * const handler = "0xffffffff81011230";
 * const row: CountedNmiRow = { class: "nmi", handler, name: "perf_event_nmi_handler", count: 3 };
 * console.log(row.name); // perf_event_nmi_handler
 * ```
 */
export interface CountedNmiRow extends CountedSystemRow {
  readonly class: "nmi";
  /** Address of the function; `name` is the same where the kernel does not tell its symbols. */
  readonly handler: string;
}

/**
 * A row of any class, told by `class`.
 *
 * @example
 * ```ts
 * import type { AnyCountedHardirqRow } from "@irqtrace/hardirqs";
 *
 * const title = (row: AnyCountedHardirqRow): string => (row.class === "device" ? `irq ${row.irq}` : row.name);
 * console.log(title({ class: "ipi", name: "IRQ work interrupts", count: 1 })); // IRQ work interrupts
 * ```
 */
export type AnyCountedHardirqRow = CountedHardirqRow | CountedVectorRow | CountedIpiRow | CountedNmiRow;

/**
 * A row of any class, with its times.
 *
 * @example
 * ```ts
 * import type { AnyTimedHardirqRow } from "@irqtrace/hardirqs";
 *
 * const total = (rows: readonly AnyTimedHardirqRow[]): number => rows.reduce((sum, row) => sum + row.totalNs, 0);
 * console.log(total([])); // 0
 * ```
 */
export type AnyTimedHardirqRow = AnyCountedHardirqRow & TimedFields;
