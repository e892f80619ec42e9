import type { TimedFields } from "@irqtrace/decode";
import type { AnyCountedHardirqRow } from "@irqtrace/hardirqs/decode";
import type { CountedSoftirqRow } from "@irqtrace/softirqs/decode";

/**
 * A row of interrupts of any class, told by `class`: those of hard interrupts, and softirqs by vector.
 *
 * @example
 * ```ts
 * import type { CountedInterruptRow } from "@irqtrace/interrupts";
 *
 * const row: CountedInterruptRow = { class: "softirq", vector: 3, name: "net_rx", count: 130_000 };
 * console.log(`${row.class} ${row.name}`); // softirq net_rx
 * ```
 */
export type CountedInterruptRow = AnyCountedHardirqRow | (CountedSoftirqRow & { readonly class: "softirq" });

/**
 * A row of interrupts of any class, with its times; `selfNs` is among them when exclusive times were asked for.
 *
 * @example
 * ```ts
 * import type { TimedInterruptRow } from "@irqtrace/interrupts";
 *
 * const own = (rows: readonly TimedInterruptRow[]): number => rows.reduce((sum, row) => sum + (row.selfNs ?? 0), 0);
 * console.log(own([])); // 0
 * ```
 */
export type TimedInterruptRow = CountedInterruptRow & TimedFields;
