import type { RawSnapshot } from "@irqtrace/decode";
import { defineHardirqs, type HardirqClass } from "@irqtrace/hardirqs";
import { defineSoftirqs } from "@irqtrace/softirqs";
import { checkExclusive, createTracer, type Tracer, type TracerDefinition, type TracerOptions } from "@irqtrace/tracer";
import { INTERRUPTS_SCHEMA, ofSoftirq } from "./decode-interrupts.ts";
import { INTERRUPT_CLASSES, type InterruptClass } from "./interrupt-class.ts";
import type { CountedInterruptRow, TimedInterruptRow } from "./interrupt-row.ts";

/**
 * Options of {@link traceInterrupts}: those that every tracer has, and which rows are wanted.
 *
 * @example
 * ```ts
 * import type { InterruptOptions } from "@irqtrace/interrupts";
 *
 * const options: InterruptOptions = { classes: ["device", "softirq"], exclusive: true, cpus: [0] };
 * console.log(options.exclusive); // true
 * ```
 */
export interface InterruptOptions extends TracerOptions {
  /** Of which there are rows; by default, and with "all", every class that this kernel has. */
  readonly classes?: readonly InterruptClass[] | "all" | undefined;
  /**
   * Whether rows tell `selfNs` too: their time less what interrupted them. All classes are then traced, also those that
   * have no rows. Needs times.
   */
  readonly exclusive?: boolean | undefined;
  /** Rows of devices to make room for; by default those of the registered actions, half as many again and 64. */
  readonly tableEntries?: number | undefined;
}

/**
 * Traces interrupts of all classes together: all readings end at one instant, and times can be exclusive, so that what
 * interrupts took from each other counts once. Needs CAP_BPF and CAP_PERFMON. Sources: the tracepoints of
 * `traceHardirqs` and `traceSoftirqs`.
 *
 * @throws TypeError or RangeError for a wrong option; BpfError and its kinds if the kernel refuses, among them
 * UnsupportedKernelError for a class that is named and that this kernel does not have; UnsupportedPlatformError where
 * there is no BPF.
 *
 * @example
 * ```ts
 * // kernel
 * import { traceInterrupts } from "@irqtrace/interrupts";
 *
 * using tracer = traceInterrupts({ exclusive: true });
 * for await (const { rows, intervalNs } of tracer.intervals({ everyMs: 100, count: 2 })) {
 *   const takenNs = rows.reduce((sum, row) => sum + (row.selfNs ?? 0), 0);
 *   console.log(`${((100 * takenNs) / intervalNs).toFixed(1)} % of a CPU went to interrupts`);
 * }
 * ```
 */
export function traceInterrupts(
  options?: InterruptOptions & { readonly measure?: "time" | undefined },
): Tracer<TimedInterruptRow>;
export function traceInterrupts(options: InterruptOptions & { readonly measure: "count" }): Tracer<CountedInterruptRow>;
export function traceInterrupts(options?: InterruptOptions): Tracer<CountedInterruptRow | TimedInterruptRow>;
export function traceInterrupts(options: InterruptOptions = {}): Tracer<CountedInterruptRow | TimedInterruptRow> {
  return createTracer(interruptDefinition(options), options);
}

function interruptDefinition(options: InterruptOptions): TracerDefinition<CountedInterruptRow | TimedInterruptRow> {
  checkExclusive(options);
  checkClasses(options);
  const { classes = "all", exclusive = false } = options;
  const wanted = classes === "all" ? INTERRUPT_CLASSES.map(({ name }) => name) : classes;
  const hardClasses = wanted.filter((name): name is HardirqClass => name !== "softirq");
  const hard =
    hardClasses.length > 0 || exclusive
      ? defineHardirqs({ ...options, classes: classes === "all" ? "all" : hardClasses }, INTERRUPTS_SCHEMA)
      : null;
  const soft = wanted.includes("softirq") ? defineSoftirqs(options, INTERRUPTS_SCHEMA) : null;
  return {
    schema: INTERRUPTS_SCHEMA,
    exclusive,
    absentTracepoints: hard?.absentTracepoints ?? [],
    objects: [...(hard?.objects ?? []), ...(soft?.objects ?? [])],
    annotate: (raw: RawSnapshot) => ({ ...(hard?.annotate?.(raw) ?? raw), classes: wanted }),
    decode: (raw) => [
      ...(hard?.decode(raw) ?? []),
      ...(soft?.decode(raw).map((table) => ({
        ...table,
        row: (...cell: Parameters<typeof table.row>) => ofSoftirq(table.row(...cell)),
      })) ?? []),
    ],
  };
}

function checkClasses({ classes }: InterruptOptions): void {
  if (classes === undefined || classes === "all") return;
  const known: readonly string[] = INTERRUPT_CLASSES.map(({ name }) => name);
  const allowed = `"all" or an array of ${known.map((name) => `"${name}"`).join(", ")}`;
  if (!Array.isArray(classes))
    throw new TypeError(`Cannot use the option "classes": ${String(classes)} is given. Allowed: ${allowed}.`);
  const wrong = classes.find((name) => !known.includes(name));
  if (classes.length === 0 || wrong !== undefined)
    throw new RangeError(
      `Cannot use the option "classes": ${wrong === undefined ? "it is empty" : `"${wrong}" is given`}. Allowed: ${allowed}.`,
    );
}
