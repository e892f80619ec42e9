import { readFileSync } from "node:fs";
import { UnsupportedPlatformError } from "./errors.ts";
import { parseCpuList } from "./parse-cpu-list.ts";

const POSSIBLE_CPUS_PATH = "/sys/devices/system/cpu/possible";

let known: readonly number[] | undefined;

/**
 * The CPUs that this kernel could ever bring online, which do not change while it runs. Per-CPU maps hold one value for
 * each, in this order.
 *
 * @returns CPU numbers, ascending (source: /sys/devices/system/cpu/possible)
 * @throws {@link UnsupportedPlatformError} where /sys does not tell
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
  known ??= parseCpuList(readPossible());
  return known;
}

function readPossible(): string {
  try {
    return readFileSync(POSSIBLE_CPUS_PATH, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnsupportedPlatformError(
      `Cannot tell which CPUs this machine can have: ${reason}. Mount sysfs at /sys; in a container, let it see the machine's.`,
      { cause: error },
    );
  }
}
