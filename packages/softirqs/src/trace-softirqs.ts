import { createTracer, isPreemptRt, type Tracer, type TracerDefinition, type TracerOptions } from "@irqtrace/tracer";
import { type SoftirqMeasurement, softirqDefinition } from "./definition.ts";
import type { CountedSoftirqRow, TimedSoftirqRow } from "./row.ts";

/**
 * Options of {@link traceSoftirqs}: those that every tracer has.
 *
 * @example
 * ```ts
 * import type { SoftirqOptions } from "@irqtrace/softirqs";
 *
 * const options: SoftirqOptions = { perCpu: true, cpus: [0] };
 * console.log(options.perCpu); // true
 * ```
 */
export type SoftirqOptions = TracerOptions;

/**
 * Traces softirqs: how often each vector runs and, unless only counts are wanted, how long. Needs CAP_BPF and
 * CAP_PERFMON. Sources: the tracepoints irq:softirq_entry and irq:softirq_exit.
 *
 * @throws TypeError or RangeError for a wrong option; BpfError and its kinds if the kernel refuses;
 * UnsupportedPlatformError where there is no BPF.
 *
 * @example
 * ```ts
 * // kernel
 * import { traceSoftirqs } from "@irqtrace/softirqs";
 *
 * using tracer = traceSoftirqs();
 * for await (const interval of tracer.intervals({ everyMs: 100, count: 2 })) {
 *   for (const row of interval.rows) console.log(row.name, row.count, row.totalNs, row.p99Ns);
 * }
 * ```
 */
export function traceSoftirqs(
  options?: SoftirqOptions & { readonly measure?: "time" | undefined },
): Tracer<TimedSoftirqRow>;
export function traceSoftirqs(options: SoftirqOptions & { readonly measure: "count" }): Tracer<CountedSoftirqRow>;
export function traceSoftirqs(options?: SoftirqOptions): Tracer<CountedSoftirqRow | TimedSoftirqRow>;
export function traceSoftirqs(options: SoftirqOptions = {}): Tracer<CountedSoftirqRow | TimedSoftirqRow> {
  return createTracer(defineSoftirqs(options), options);
}

/**
 * What {@link traceSoftirqs} makes a tracer of on this machine, for a tracer of more than softirqs.
 *
 * @param schema Of the raw snapshots.
 *
 * @example
 * ```ts
 * // kernel
 * import { defineSoftirqs } from "@irqtrace/softirqs";
 * import { createTracer } from "@irqtrace/tracer";
 *
 * using tracer = createTracer(defineSoftirqs({}, "example.softirqs/1"), {});
 * console.log(tracer.capture().schema); // example.softirqs/1
 * ```
 */
export function defineSoftirqs(
  options: SoftirqOptions & Pick<SoftirqMeasurement, "exclusive">,
  schema?: string,
): TracerDefinition<CountedSoftirqRow | TimedSoftirqRow> {
  return softirqDefinition(options, isPreemptRt(), schema);
}
