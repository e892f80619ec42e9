// NR_CPUS is 8192 at most in current kernels; the bound keeps a slip such as 0-99999999 from filling memory.
const MAXIMUM_CPU = 65_535;
const PART = /^(\d+)(?:-(\d+)(?::(\d+)\/(\d+))?)?$/;

/**
 * Parses the kernel's CPU list syntax: `0-3,8`, and with groups `0-15:2/4` (the first 2 of every 4). The whole text must
 * be such a list; a trailing newline is allowed, as files of the kernel have one.
 *
 * @returns CPU numbers, ascending, each once
 * @throws TypeError if the text is not such a list; RangeError if a range runs backwards or a number is above 65535
 *
 * @example
 * ```ts
 * import { parseCpuList } from "@irqtrace/loader";
 *
 * console.log(parseCpuList("0-3,8")); // [ 0, 1, 2, 3, 8 ]
 * ```
 */
export function parseCpuList(text: string): readonly number[] {
  const list = text.replace(/\n$/, "");
  if (list === "") return [];
  // A flag for each CPU: a long list can name every CPU thousands of times.
  const isListed = new Uint8Array(MAXIMUM_CPU + 1);
  for (const part of list.split(",")) listPart(part, list, isListed);
  const cpus: number[] = [];
  for (let cpu = 0; cpu <= MAXIMUM_CPU; cpu++) if (isListed[cpu] === 1) cpus.push(cpu);
  return cpus;
}

function listPart(part: string, list: string, isListed: Uint8Array): void {
  const match = PART.exec(part);
  if (match === null) {
    throw new TypeError(
      `${JSON.stringify(list)} is not a CPU list: "${part}" is neither a number nor a range. Write it like 0-3,8.`,
    );
  }
  const first = cpuNumber(match[1] ?? "", list);
  const last = cpuNumber(match[2] ?? match[1] ?? "", list);
  if (last < first)
    throw new RangeError(`${JSON.stringify(list)} is not a CPU list: the range ${part} runs backwards.`);
  const used = Number(match[3] ?? 1);
  const group = Number(match[4] ?? 1);
  if (used < 1 || group < used) {
    throw new RangeError(
      `${JSON.stringify(list)} is not a CPU list: ${part} does not take between 1 and all of each group.`,
    );
  }
  if (used === group) {
    isListed.fill(1, first, last + 1);
    return;
  }
  for (let start = first; start <= last; start += group) {
    const end = Math.min(start + used - 1, last);
    for (let cpu = start; cpu <= end; cpu++) isListed[cpu] = 1;
  }
}

function cpuNumber(digits: string, list: string): number {
  const cpu = Number(digits);
  if (cpu > MAXIMUM_CPU) {
    throw new RangeError(
      `${JSON.stringify(list)} is not a CPU list: ${digits} is above ${MAXIMUM_CPU}, more than Linux has.`,
    );
  }
  return cpu;
}
