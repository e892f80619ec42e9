import { createTracer, type Tracer, type TracerOptions } from "@irqtrace/tracer";
import { hardirqDefinition } from "./definition.ts";
import type { CountedHardirqRow, TimedHardirqRow } from "./row.ts";
import { machineTableSize } from "./table-size.ts";

const MAX_TABLE_ENTRIES = 1_000_000;

/**
 * Options of {@link traceHardirqs}: those that every tracer has, and the size of its table.
 *
 * @example
 * ```ts
 * import type { HardirqOptions } from "@irqtrace/hardirqs";
 *
 * const options: HardirqOptions = { cgroup: "/system.slice", tableEntries: 512 };
 * console.log(options.tableEntries); // 512
 * ```
 */
export interface HardirqOptions extends TracerOptions {
  /** Rows to make room for; by default those of the registered actions, half as many again and 64. */
  readonly tableEntries?: number | undefined;
}

/**
 * Traces the handlers of device interrupts: how often each runs and, unless only counts are wanted, how long. Needs
 * CAP_BPF and CAP_PERFMON. Sources: the tracepoints irq:irq_handler_entry and irq:irq_handler_exit.
 *
 * @throws TypeError or RangeError for a wrong option; BpfError and its kinds if the kernel refuses;
 * UnsupportedPlatformError where there is no BPF.
 *
 * @example
 * ```ts
 * // kernel
 * import { traceHardirqs } from "@irqtrace/hardirqs";
 *
 * using tracer = traceHardirqs();
 * for await (const interval of tracer.intervals({ everyMs: 100, count: 2 })) {
 *   for (const row of interval.rows) console.log(row.irq, row.name, row.count, row.histogram.quantileNs(0.99));
 * }
 * ```
 */
export function traceHardirqs(
  options?: HardirqOptions & { readonly measure?: "time" | undefined },
): Tracer<TimedHardirqRow>;
export function traceHardirqs(options: HardirqOptions & { readonly measure: "count" }): Tracer<CountedHardirqRow>;
export function traceHardirqs(options?: HardirqOptions): Tracer<CountedHardirqRow | TimedHardirqRow>;
export function traceHardirqs(options: HardirqOptions = {}): Tracer<CountedHardirqRow | TimedHardirqRow> {
  checkTableEntries(options.tableEntries);
  const size = machineTableSize();
  const actions = options.tableEntries ?? size.actions;
  return createTracer(hardirqDefinition(options, { ...size, actions }), options);
}

function checkTableEntries(entries: number | undefined): void {
  if (entries === undefined || (Number.isSafeInteger(entries) && entries >= 1 && entries <= MAX_TABLE_ENTRIES)) return;
  throw new RangeError(
    `Cannot use the option "tableEntries": ${String(entries)} is given. Allowed: a whole number from 1 to ${MAX_TABLE_ENTRIES}.`,
  );
}
