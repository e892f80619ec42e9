/**
 * What every tracer can be asked for. Every option may be left out or `undefined`.
 *
 * @example
 * ```ts
 * import type { TracerOptions } from "@irqtrace/tracer";
 *
 * const options: TracerOptions = { cpus: [0, 1], perCpu: true, measure: "time" };
 * console.log(options.cpus?.length); // 2
 * ```
 */
export interface TracerOptions {
  /** "time" (default): counts, totals, maxima, histograms. "count": counts alone; no clock is read in the kernel. */
  readonly measure?: "time" | "count" | undefined;
  /** One row for each CPU. */
  readonly perCpu?: boolean | undefined;
  /** Only events on these CPUs. */
  readonly cpus?: readonly number[] | undefined;
  /**
   * Only while a task of this cgroup (v2), or below it, is interrupted: a directory, or a path as in /proc/self/cgroup.
   * What an idle CPU or ksoftirqd handles is over a task of the root, whoever caused it.
   */
  readonly cgroup?: string | undefined;
  /** Forces the kind of program; by default tp_btf where the kernel's BTF has the tracepoint, else raw_tp. */
  readonly flavour?: Flavour | undefined;
  /**
   * Whether snapshots and intervals tell what the programs cost (`cost`). Makes the kernel measure all BPF programs of
   * the machine meanwhile, which takes some time itself and needs CAP_SYS_ADMIN.
   */
  readonly cost?: boolean | undefined;
  /** Receives libbpf's own messages, a line each. */
  readonly log?: ((line: string) => void) | undefined;
}

/**
 * How a program is attached to a tracepoint: with typed arguments (tp_btf, needs the kernel's BTF) or raw ones.
 *
 * @example
 * ```ts
 * import { FLAVOURS } from "@irqtrace/tracer";
 *
 * console.log(FLAVOURS.join(" or ")); // tp_btf or raw_tp
 * ```
 */
export type Flavour = (typeof FLAVOURS)[number];

/** All flavours, the preferred one first. See {@link Flavour}. */
export const FLAVOURS = ["tp_btf", "raw_tp"] as const;

const MEASURES = ["time", "count"] as const;

/**
 * Rejects what the types do not catch in JavaScript, before anything is loaded.
 *
 * @throws TypeError for a value of the wrong type, RangeError for one that is not allowed.
 *
 * @example
 * ```ts
 * import { checkOptions } from "@irqtrace/tracer";
 *
 * checkOptions({ cpus: [0, 1], cgroup: "/sys/fs/cgroup/web.slice" });
 * ```
 */
export function checkOptions(options: TracerOptions): void {
  const { measure, perCpu, cpus, cgroup, flavour, cost, log } = options;
  oneOf("measure", measure, MEASURES);
  oneOf("flavour", flavour, FLAVOURS);
  if (perCpu !== undefined && typeof perCpu !== "boolean") throw wrong("perCpu", perCpu, "true or false");
  if (cost !== undefined && typeof cost !== "boolean") throw wrong("cost", cost, "true or false");
  if (cgroup !== undefined && (typeof cgroup !== "string" || cgroup === "")) throw wrong("cgroup", cgroup, "a path");
  if (log !== undefined && typeof log !== "function") throw wrong("log", log, "a function");
  if (cpus === undefined) return;
  if (!Array.isArray(cpus)) throw wrong("cpus", cpus, "an array of CPU numbers");
  if (cpus.length === 0) throw new RangeError(`Cannot use the option "cpus": it is empty. Name at least one CPU.`);
  for (const cpu of cpus) {
    if (!Number.isSafeInteger(cpu) || cpu < 0) throw wrong("cpus", cpu, "whole numbers from 0");
  }
}

/**
 * Rejects what cannot be measured: exclusive times where there are no times.
 *
 * @throws TypeError for a value of the wrong type, RangeError with counts alone.
 *
 * @example
 * ```ts
 * import { checkExclusive } from "@irqtrace/tracer";
 *
 * checkExclusive({ exclusive: true, measure: "time" });
 * ```
 */
export function checkExclusive({
  exclusive,
  measure,
}: Pick<TracerOptions, "measure"> & { readonly exclusive?: boolean | undefined }): void {
  if (exclusive !== undefined && typeof exclusive !== "boolean") throw wrong("exclusive", exclusive, "true or false");
  if (exclusive && measure === "count")
    throw new RangeError(
      `Cannot use the option "exclusive" together with measure "count": it needs times. Leave out one of the two.`,
    );
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || (typeof value === "string" && allowed.includes(value))) return;
  const error = wrong(name, value, allowed.map((one) => `"${one}"`).join(" or "));
  throw typeof value === "string" ? new RangeError(error.message) : error;
}

function wrong(name: string, value: unknown, allowed: string): TypeError {
  const shown = typeof value === "string" ? `"${value}"` : String(value);
  return new TypeError(`Cannot use the option "${name}": ${shown} is given. Allowed: ${allowed}.`);
}
