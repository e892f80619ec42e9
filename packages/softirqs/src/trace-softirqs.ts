import { createTracer, isPreemptRt, type Tracer, type TracerDefinition, type TracerOptions } from "@irqtrace/tracer";
import { type SoftirqMeasurement, softirqDefinition } from "./definition.ts";
import type { CountedSoftirqRow, TimedSoftirqRow } from "./row.ts";

/**
 * Options of {@link traceSoftirqs}: those that every tracer has, and whether waits are measured.
 *
 * @example
 * ```ts
 * import type { SoftirqOptions } from "@irqtrace/softirqs";
 *
 * const options: SoftirqOptions = { perCpu: true, cpus: [0], latency: true };
 * console.log(options.latency); // true
 * ```
 */
export interface SoftirqOptions extends TracerOptions {
  /** Also how long runs had waited for their turn, and where they ran. Needs times. */
  readonly latency?: boolean | undefined;
  /**
   * By what places are told apart. "thread" (default): ksoftirqd, ktimers, or inline. "stack": also the end of an interrupt
   * from a task that allows softirqs again, for which each run's kernel stack is walked: about 3 µs. It needs the
   * kernel's addresses (CAP_SYSLOG); without them it is "thread", and `description.notes` says so.
   */
  readonly places?: (typeof PLACES)[number] | undefined;
}

const PLACES = ["thread", "stack"] as const;

/**
 * Traces softirqs: how often each vector runs and, unless only counts are wanted, how long. Needs CAP_BPF and
 * CAP_PERFMON. Sources: the tracepoints irq:softirq_entry and irq:softirq_exit; with `latency` also irq:softirq_raise.
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
  checkSoftirqOptions(options);
  return softirqDefinition(options, isPreemptRt(), schema);
}

/** @throws TypeError or RangeError that names the option; the others are checked by the tracer. */
function checkSoftirqOptions({ measure, latency, places }: SoftirqOptions): void {
  if (latency !== undefined && typeof latency !== "boolean")
    throw new TypeError(`Cannot use the option "latency": ${String(latency)} is given. Allowed: true or false.`);
  if (places !== undefined && !PLACES.includes(places))
    throw new RangeError(`Cannot use the option "places": ${String(places)} is given. Allowed: "thread" or "stack".`);
  if (latency === true && measure === "count")
    throw new TypeError('Cannot use the option "latency": the option "measure" is "count". Latencies need times.');
  if (latency !== true && places !== undefined)
    throw new TypeError('Cannot use the option "places" without the option "latency". Pass both.');
}
