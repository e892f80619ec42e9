/** Bits in `cpu_mask` of filter.bpf.h. */
const MAX_CPUS = 8192;

/**
 * A CPU list as `cpu_mask` of filter.bpf.h: 32 CPUs a word, the lowest first.
 *
 * @throws RangeError for a CPU that this machine cannot have.
 */
export function cpuMask(cpus: readonly number[], possibleCpus: readonly number[]): number[] {
  const mask = new Array<number>(MAX_CPUS / 32).fill(0);
  for (const cpu of cpus) {
    if (!possibleCpus.includes(cpu)) {
      throw new RangeError(
        `Cannot filter by CPU ${cpu}: this machine has no such CPU. Possible: ${listOf(possibleCpus)}.`,
      );
    }
    const word = Math.floor(cpu / 32);
    mask[word] = ((mask[word] ?? 0) | (1 << (cpu % 32))) >>> 0;
  }
  return mask;
}

/** In the kernel's list syntax: 0-3,8. */
function listOf(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of cpus) {
    const last = ranges.at(-1);
    if (last !== undefined && cpu === last[1] + 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
