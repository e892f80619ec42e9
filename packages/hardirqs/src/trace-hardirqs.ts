import { checkExclusive, createTracer, type Tracer, type TracerDefinition, type TracerOptions } from "@irqtrace/tracer";
import { hardirqDefinition } from "./definition.ts";
import { checkClasses, HARDIRQ_CLASSES, type HardirqClass } from "./hardirq-class.ts";
import type { AnyCountedHardirqRow, AnyTimedHardirqRow, CountedHardirqRow, TimedHardirqRow } from "./row.ts";
import { machineTableSize } from "./table-size.ts";

const MAX_TABLE_ENTRIES = 1_000_000;

/**
 * Options of {@link traceHardirqs}: those that every tracer has, the classes of interrupts, and the size of its table.
 *
 * @example
 * ```ts
 * import type { HardirqOptions } from "@irqtrace/hardirqs";
 *
 * const options: HardirqOptions = { cgroup: "/system.slice", classes: "all", tableEntries: 512 };
 * console.log(options.tableEntries); // 512
 * ```
 */
export interface HardirqOptions extends TracerOptions {
  /** What to trace, devices alone by default; "all": every class that this kernel has. */
  readonly classes?: readonly HardirqClass[] | "all" | undefined;
  /**
   * Whether rows tell `selfNs` too: their time less what other hard interrupts took of it. All classes are then traced,
   * also those that have no rows. Needs times.
   */
  readonly exclusive?: boolean | undefined;
  /** Rows to make room for; by default those of the registered actions, half as many again and 64. */
  readonly tableEntries?: number | undefined;
}

interface DeviceOptions extends HardirqOptions {
  readonly classes?: undefined;
}

/**
 * Traces hard interrupts: how often each runs and, unless only counts are wanted, how long; the handlers of devices, or
 * the classes asked for. Needs CAP_BPF and CAP_PERFMON. Sources: the tracepoints irq:irq_handler_entry and
 * irq:irq_handler_exit, irq_vectors:*, ipi:ipi_entry and ipi:ipi_exit, nmi:nmi_handler.
 *
 * @throws TypeError or RangeError for a wrong option; BpfError and its kinds if the kernel refuses, among them
 * UnsupportedKernelError for a class that is named and that this kernel does not have; UnsupportedPlatformError where
 * there is no BPF.
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
 * using whole = traceHardirqs({ classes: "all" });
 * for (const row of whole.snapshot().rows) console.log(row.class, row.name, row.totalNs);
 * ```
 */
export function traceHardirqs(
  options?: DeviceOptions & { readonly measure?: "time" | undefined },
): Tracer<TimedHardirqRow>;
export function traceHardirqs(options: DeviceOptions & { readonly measure: "count" }): Tracer<CountedHardirqRow>;
export function traceHardirqs(options: DeviceOptions): Tracer<CountedHardirqRow | TimedHardirqRow>;
export function traceHardirqs(
  options: HardirqOptions & { readonly measure?: "time" | undefined },
): Tracer<AnyTimedHardirqRow>;
export function traceHardirqs(options: HardirqOptions & { readonly measure: "count" }): Tracer<AnyCountedHardirqRow>;
export function traceHardirqs(options?: HardirqOptions): Tracer<AnyCountedHardirqRow | AnyTimedHardirqRow>;
export function traceHardirqs(options: HardirqOptions = {}): Tracer<AnyCountedHardirqRow | AnyTimedHardirqRow> {
  return createTracer(defineHardirqs(options), options);
}

/**
 * What {@link traceHardirqs} makes a tracer of on this machine, for a tracer of more than hard interrupts.
 *
 * @param schema Of the raw snapshots.
 * @throws TypeError or RangeError for a wrong option; UnsupportedKernelError for a class that is named and that this
 * kernel does not have.
 *
 * @example
 * ```ts
 * // kernel
 * import { defineHardirqs } from "@irqtrace/hardirqs";
 * import { createTracer } from "@irqtrace/tracer";
 *
 * const definition = defineHardirqs({ exclusive: true }, "example.devices/1");
 * using tracer = createTracer(definition, {});
 * console.log(definition.objects.length, tracer.snapshot().lost.tableFull);
 * ```
 */
export function defineHardirqs(
  options: HardirqOptions,
  schema?: string,
): TracerDefinition<AnyCountedHardirqRow | AnyTimedHardirqRow> {
  checkTableEntries(options.tableEntries);
  checkExclusive(options);
  // Without rows of their own all classes may still take time from others.
  if (options.exclusive !== true || options.classes?.length !== 0) checkClasses(options.classes, HARDIRQ_CLASSES);
  const size = machineTableSize();
  return hardirqDefinition(options, { ...size, actions: options.tableEntries ?? size.actions }, schema);
}

function checkTableEntries(entries: number | undefined): void {
  if (entries === undefined || (Number.isSafeInteger(entries) && entries >= 1 && entries <= MAX_TABLE_ENTRIES)) return;
  throw new RangeError(
    `Cannot use the option "tableEntries": ${String(entries)} is given. Allowed: a whole number from 1 to ${MAX_TABLE_ENTRIES}.`,
  );
}
