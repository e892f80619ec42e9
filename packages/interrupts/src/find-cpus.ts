import type { DeviceLine, Finding, FindingRow, FindingThresholds, MachineFacts } from "./finding.ts";
import { isAbove, sourceName, textOfShare } from "./finding-parts.ts";

/** Lines of one device that differ by a number: its queues. */
interface Queues {
  readonly device: string;
  readonly pattern: string;
  readonly irqs: readonly number[];
}

/** Devices with several lines, of whose interrupts one CPU took most. */
export function findUnevenDevices(
  cpuRows: readonly FindingRow[],
  { onlineCpus, deviceLines = [] }: MachineFacts,
  { minimumRuns, unevenShare }: FindingThresholds,
): Finding[] {
  if (onlineCpus.length < 2) return [];
  return queuesOf(deviceLines).flatMap(({ device, pattern, irqs }): Finding[] => {
    const rows = cpuRows.filter(({ class: kind, irq = -1 }) => kind === "device" && irqs.includes(irq));
    const perCpu = countsBy(rows, ({ cpu = -1 }) => cpu);
    const total = [...perCpu.values()].reduce((sum, count) => sum + count, 0);
    const [cpu = -1, most = 0] = largest(perCpu);
    if (total < minimumRuns || !isAbove(most, total, unevenShare)) return [];
    return [
      {
        rule: "uneven-device",
        sentence: `CPU ${cpu} took ${most} of ${total} interrupts of ${pattern} (${textOfShare(most, total, unevenShare)}), although ${device} has ${irqs.length} such lines for ${onlineCpus.length} CPUs.`,
        evidence: { device, pattern, lines: irqs.length, cpu, taken: most, count: total, share: most / total },
        threshold: unevenShare,
      },
    ];
  });
}

function queuesOf(lines: readonly DeviceLine[]): readonly Queues[] {
  const groups = new Map<string, DeviceLine[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.device, line.name.replaceAll(/\d+/g, "*")]);
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const irqs = [...new Set(group.map(({ irq }) => irq))];
    if (first === undefined || irqs.length < 2) return [];
    return [{ device: first.device, pattern: patternOf(group.map(({ name }) => name)), irqs }];
  });
}

/** The names with `*` for the numbers in which they differ. */
function patternOf(names: readonly string[]): string {
  const numbers = names.map((name) => name.match(/\d+/g) ?? []);
  let index = -1;
  return (names[0] ?? "").replaceAll(/\d+/g, (number) => {
    index += 1;
    return numbers.every((own) => own[index] === number) ? number : "*";
  });
}

/** CPUs that were to be left alone, and what came all the same. */
export function findIsolatedCpus(
  cpuRows: readonly FindingRow[],
  { isolatedCpus = [], nohzFullCpus = [] }: MachineFacts,
  { isolatedRuns }: FindingThresholds,
): Finding[] {
  const cpus = [...new Set([...isolatedCpus, ...nohzFullCpus])].sort((one, other) => one - other);
  return cpus.flatMap((cpu): Finding[] => {
    const rows = cpuRows.filter((row) => row.cpu === cpu && row.count > 0);
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    if (count < isolatedRuns || count === 0) return [];
    const [source = "", most = 0] = largest(countsBy(rows, sourceName));
    const words = [isolatedCpus.includes(cpu) ? "isolated" : "", nohzFullCpus.includes(cpu) ? "nohz_full" : ""];
    const kind = words.filter(Boolean).join(" and ");
    return [
      {
        rule: "isolated-cpu",
        sentence: `CPU ${cpu} is ${kind}, and ran ${count} handlers all the same, ${most} of them of ${source} (threshold ${isolatedRuns}).`,
        evidence: { cpu, kind, count, source, sourceCount: most },
        threshold: isolatedRuns,
      },
    ];
  });
}

/** The key with the largest number. */
function largest<Key>(counts: ReadonlyMap<Key, number>): readonly [Key | undefined, number] {
  let found: readonly [Key | undefined, number] = [undefined, 0];
  for (const [key, count] of counts) if (count > found[1]) found = [key, count];
  return found;
}

/** How many events there were of each key. */
function countsBy<Key>(rows: readonly FindingRow[], keyOf: (row: FindingRow) => Key): ReadonlyMap<Key, number> {
  const counts = new Map<Key, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + row.count);
  return counts;
}
