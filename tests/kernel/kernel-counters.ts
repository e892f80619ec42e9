import { readFileSync } from "node:fs";

/** Runs of each vector since boot, all CPUs together, by the lower-case name. */
export function softirqCounts(): Map<string, number> {
  return countsOf(readFileSync("/proc/softirqs", "utf8"), ([label = ""]) => label.toLowerCase());
}

/** Interrupts of each device line since boot, all CPUs together, by number. */
export function hardirqCounts(): Map<string, number> {
  return countsOf(readFileSync("/proc/interrupts", "utf8"), ([label = ""]) => (/^\d+$/.test(label) ? label : null));
}

function countsOf(text: string, nameOf: (fields: readonly string[]) => string | null): Map<string, number> {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const cpus = header.trim().split(/\s+/).length;
  const counts = new Map<string, number>();
  for (const line of lines) {
    const [label = "", ...fields] = line.trim().split(/\s+/);
    const name = nameOf([label.replace(":", "")]);
    if (name === null) continue;
    counts.set(
      name,
      fields.slice(0, cpus).reduce((sum, field) => sum + Number(field), 0),
    );
  }
  return counts;
}
