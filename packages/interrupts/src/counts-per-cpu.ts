import { checkRawSnapshot, type RawSnapshot } from "@irqtrace/decode";
import { hardirqRows } from "@irqtrace/hardirqs/decode";
import { softirqRows } from "@irqtrace/softirqs/decode";
import type { FindingRow } from "./finding.ts";
import { sourceKey } from "./finding-parts.ts";

/**
 * How often each source ran on each CPU, of what any of these tracers captured: also where its rows are sums over CPUs.
 *
 * @param earlier What an earlier call gave: only what came after it is counted then.
 * @throws LayoutMismatchError if it is a snapshot of something else, or damaged.
 *
 * @example
 * ```ts
 * import { countsPerCpu, type RawSnapshot } from "@irqtrace/interrupts/decode";
 *
 * const onCpu0 = (raw: RawSnapshot): number =>
 *   countsPerCpu(raw).reduce((sum, { cpu, count }) => sum + (cpu === 0 ? count : 0), 0);
 * console.log(typeof onCpu0); // function
 * ```
 */
export function countsPerCpu(raw: RawSnapshot, earlier: readonly FindingRow[] = []): readonly FindingRow[] {
  checkRawSnapshot(raw);
  const counted: RawSnapshot = { ...raw, measure: "count", perCpu: true };
  const { schema, maps } = counted;
  const rows: readonly FindingRow[] = [
    ...("cells" in maps || "sources" in maps ? hardirqRows(counted, schema) : []),
    ...("vectors" in maps ? softirqRows(counted, schema).map((row) => ({ class: "softirq", ...row })) : []),
  ];
  const counts = new Map<string, FindingRow>();
  // A handler that was registered anew has a row of its own, with the same name.
  for (const row of rows) addTo(counts, row, 1);
  for (const row of earlier) addTo(counts, row, -1);
  return [...counts.values()].filter((row) => row.count > 0);
}

function addTo(counts: Map<string, FindingRow>, row: FindingRow, times: 1 | -1): void {
  const key = `${row.cpu} ${sourceKey(row)}`;
  const before = counts.get(key);
  const total = (field: "count" | "unhandled" | "wakeThread"): number =>
    (before?.[field] ?? 0) + times * (row[field] ?? 0);
  counts.set(key, { ...row, count: total("count"), unhandled: total("unhandled"), wakeThread: total("wakeThread") });
}
