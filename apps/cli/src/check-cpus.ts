import { ALLOWED_CPU_LIST } from "./shared-flags.ts";
import { wrongValue } from "./usage-error.ts";

/**
 * The CPUs of a list, each of them one that the machine can have.
 *
 * @throws {UsageError} for all else
 */
export async function checkCpus(
  list: string,
  possibleCpus: () => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const { parseCpuList } = await import("@irqtrace/loader");
  const possible = await possibleCpus();
  const allowed = `${ALLOWED_CPU_LIST} (here: ${formatCpus(possible)})`;
  let cpus: readonly number[];
  try {
    cpus = parseCpuList(list);
  } catch (error) {
    // Its way to say that this is no list, or one of numbers that no machine has.
    if (error instanceof TypeError || error instanceof RangeError) throw wrongValue("--cpu", list, allowed);
    throw error;
  }
  if (cpus.length === 0 || cpus.some((cpu) => !possible.includes(cpu))) throw wrongValue("--cpu", list, allowed);
  return cpus;
}

/** Possible CPUs have no gaps on all but odd machines: a range where it is one, else all of them. */
function formatCpus(cpus: readonly number[]): string {
  const first = cpus[0] ?? 0;
  const last = cpus.at(-1) ?? 0;
  return last - first + 1 === cpus.length && cpus.length > 1 ? `${first}-${last}` : cpus.join(",");
}
