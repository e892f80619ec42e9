import { hasTracepointBtf, UnsupportedKernelError } from "@irqtrace/loader";

/** Some tracepoints' names, by whether this kernel has them. */
export interface FoundTracepoints {
  readonly present: readonly string[];
  readonly absent: readonly string[];
}

/**
 * Looks for tracepoints one by one, in the kernel's BTF. Which there are depends on the architecture and on how the
 * kernel was configured.
 *
 * @param names without their groups: `local_timer_entry`
 *
 * @example
 * ```ts
 * // kernel
 * import { findTracepoints } from "@irqtrace/tracer";
 *
 * console.log(findTracepoints(["softirq_entry", "no_such_tracepoint"]).absent); // [ "no_such_tracepoint" ]
 * ```
 */
export function findTracepoints(names: readonly string[]): FoundTracepoints {
  const present = names.filter((name) => hasTracepointBtf(name));
  return { present, absent: names.filter((name) => !present.includes(name)) };
}

const ESRCH = 3;

/**
 * What to throw where all of the tracepoints are absent that something takes.
 *
 * @param what is asked for: `class ipi`
 * @param why none of them is there, if more is known
 *
 * @example
 * ```ts
 * import { withoutTracepoints } from "@irqtrace/tracer";
 *
 * console.log(withoutTracepoints("IPIs", ["ipi_entry", "ipi_exit"]).feature); // tracepoint ipi_entry or ipi_exit
 * ```
 */
export function withoutTracepoints(what: string, names: readonly string[], why?: string): UnsupportedKernelError {
  const listed = names.length > 2 ? `${names[0]}, ${names[1]} and the like` : names.join(" or ");
  return new UnsupportedKernelError({
    operation: "trace",
    what,
    errno: ESRCH,
    why: why ?? `this kernel has no tracepoint ${listed}`,
    ...(why === undefined ? { hint: "Other configurations of the kernel have them." } : {}),
    feature: `tracepoint ${listed}`,
    minimumVersion: null,
  });
}
