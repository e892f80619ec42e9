import { readFileSync } from "node:fs";
import { parseCpuList } from "./parse-cpu-list.ts";

const POSSIBLE_CPUS_PATH = "/sys/devices/system/cpu/possible";

let known: readonly number[] | undefined;

/**
 * The CPUs that this kernel could ever bring online, which do not change while it runs. Per-CPU maps hold one value for
 * each, in this order.
 *
 * @returns CPU numbers, ascending (source: /sys/devices/system/cpu/possible)
 *
 * @example
 * ```ts
 * // kernel
 * import { possibleCpus } from "@irqtrace/loader";
 *
 * console.log(possibleCpus()); // [ 0, 1, 2, 3 ]
 * ```
 */
export function possibleCpus(): readonly number[] {
  known ??= parseCpuList(readFileSync(POSSIBLE_CPUS_PATH, "utf8"));
  return known;
}
