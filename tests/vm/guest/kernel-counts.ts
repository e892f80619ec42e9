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

/** Both files have a column per CPU under a heading, and lines `LABEL: count... rest`. */
export function parseCounts(text: string, label: RegExp): KernelCounts {
  const [heading = "", ...lines] = text.trimEnd().split("\n");
  const cpus = heading.trim().split(/\s+/).length;
  const counts = new Map<string, readonly number[]>();
  for (const line of lines) {
    const [name, rest] = line.trim().split(/:\s*/, 2);
    if (name === undefined || rest === undefined || !label.test(name)) continue;
    const perCpu = rest.split(/\s+/).slice(0, cpus).map(Number);
    counts.set(name.toLowerCase(), perCpu);
  }
  return counts;
}
