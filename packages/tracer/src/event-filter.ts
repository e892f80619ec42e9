import { possibleCpus } from "@irqtrace/loader";
import { openCgroup } from "./cgroup.ts";
import { cpuMask } from "./cpu-mask.ts";
import type { TracerOptions } from "./options.ts";

/** A loaded object that includes filter.bpf.h. */
export interface FilteredObject {
  map(name: "cgroup"): { set(index: number, fd: number): void };
}

/** Which events an object measures that includes filter.bpf.h. */
export interface EventFilter extends Disposable {
  /** To be set before load. */
  readonly rodata: Readonly<Record<string, unknown>>;
  /** After load, before anything is attached. */
  install(object: FilteredObject): void;
}

/**
 * Opens the filter that the options `cpus` and `cgroup` ask for, for tracers that are more than counters. It can be
 * closed once it is installed. Check the options first.
 *
 * @throws RangeError for a CPU or cgroup that is not there.
 * @throws UnsupportedPlatformError if cgroups are asked for and cgroup v2 is not mounted.
 *
 * @example
 * ```ts
 * import { openFilter } from "@irqtrace/tracer";
 *
 * const filter = openFilter({ cpus: [0] });
 * console.log(filter.rodata["filter_cpus"]); // true
 * filter[Symbol.dispose]();
 * ```
 */
export function openFilter(options: Pick<TracerOptions, "cpus" | "cgroup">): EventFilter {
  const { cpus, cgroup } = options;
  const mask = cpus === undefined ? {} : { cpu_mask: cpuMask(cpus, possibleCpus()) };
  const opened = cgroup === undefined ? null : openCgroup(cgroup);
  return {
    rodata: { filter_cgroup: opened !== null, filter_cpus: cpus !== undefined, ...mask },
    install: (object) => {
      if (opened !== null) object.map("cgroup").set(0, opened.fd);
    },
    [Symbol.dispose]: () => opened?.[Symbol.dispose](),
  };
}
