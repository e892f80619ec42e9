import type { FindingRow } from "./finding.ts";

/** The rows of all CPUs added up, one for each source. */
export function sumBySource(cpuRows: readonly FindingRow[]): FindingRow[] {
  const sums = new Map<string, FindingRow>();
  for (const { cpu: _, ...row } of cpuRows) {
    const key = sourceKey(row);
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? row : added(sum, row));
  }
  return [...sums.values()];
}

/** The same for the rows of one source. */
export const sourceKey = ({ class: kind = "", irq, action, vector, name }: FindingRow): string =>
  JSON.stringify([kind, irq, action, vector, name]);

function added(one: FindingRow, other: FindingRow): FindingRow {
  return {
    ...one,
    count: one.count + other.count,
    unhandled: (one.unhandled ?? 0) + (other.unhandled ?? 0),
    wakeThread: (one.wakeThread ?? 0) + (other.wakeThread ?? 0),
  };
}

/** `virtio1-req.0 (irq 36)`; on a shared line with the position. */
export function sourceName({ name, irq, action }: FindingRow): string {
  if (irq === undefined) return name;
  return action ? `${name} (irq ${irq}, action ${action})` : `${name} (irq ${irq})`;
}

export const isAbove = (part: number, whole: number, share: number): boolean => whole > 0 && part / whole > share;

/** `84 %, above 50 %`. */
export const textOfShare = (part: number, whole: number, threshold: number): string =>
  `${percent(part / whole)}, above ${percent(threshold)}`;

/** Rounded down, so that no share below 100 % reads as all. */
const percent = (share: number): string => `${Math.floor(100 * share + 1e-9)} %`;

/** Milliseconds with two digits that count. */
export const milliseconds = (ns: number): string => `${Number((ns / 1e6).toPrecision(3))} ms`;
