import { readFileSync } from "node:fs";

/** Events since boot by what they are of, "net_rx" or an irq's number, and then by CPU. */
export type KernelCounts = ReadonlyMap<string, readonly number[]>;

export function softirqCounts(): KernelCounts {
  return parseCounts(readFileSync("/proc/softirqs", "utf8"), /^[A-Z_]+$/);
}

/** The device lines of /proc/interrupts alone: the others are no interrupts of devices. */
export function hardirqCounts(): KernelCounts {
  return parseCounts(readFileSync("/proc/interrupts", "utf8"), /^\d+$/);
}

/**
 * Both files have a column per CPU under a heading, and lines `LABEL: count... rest`. CPUs that are offline have none in
 * /proc/interrupts: 0 here.
 */
export function parseCounts(text: string, label: RegExp): KernelCounts {
  const [heading = "", ...lines] = text.trimEnd().split("\n");
  const cpus = [...heading.matchAll(/CPU(\d+)/g)].map(([, cpu]) => Number(cpu));
  const counts = new Map<string, readonly number[]>();
  for (const line of lines) {
    const [name, rest] = line.trim().split(/:\s*/, 2);
    if (name === undefined || rest === undefined || !label.test(name)) continue;
    const perCpu = Array.from({ length: Math.max(...cpus) + 1 }, () => 0);
    const fields = rest.split(/\s+/);
    for (const [column, cpu] of cpus.entries()) perCpu[cpu] = Number(fields[column]);
    counts.set(name.toLowerCase(), perCpu);
  }
  return counts;
}
