import type { Finding, FindingRow, FindingThresholds } from "./finding.ts";
import { isAbove, sourceName, sumBySource, textOfShare } from "./finding-parts.ts";

/** Handlers most of whose runs returned IRQ_NONE. */
export function findUnhandled(
  cpuRows: readonly FindingRow[],
  { minimumRuns, unhandledShare }: FindingThresholds,
): Finding[] {
  return handlersAbove(cpuRows, "unhandled", minimumRuns, unhandledShare).map((row) => {
    const { count, unhandled = 0 } = row;
    return {
      rule: "unhandled",
      sentence: `${sourceName(row)}: the handler said of ${unhandled} of ${count} interrupts that they were not its own (${textOfShare(unhandled, count, unhandledShare)}): they are spurious, or those of another device on its line.`,
      evidence: { source: sourceName(row), unhandled, count, share: unhandled / count },
      threshold: unhandledShare,
    };
  });
}

const NAMED = 3;

/** Handlers most of whose runs returned IRQ_WAKE_THREAD: one finding for all of them, since on PREEMPT_RT nearly all do. */
export function findThreadedHandlers(
  cpuRows: readonly FindingRow[],
  { minimumRuns, threadedShare }: FindingThresholds,
): Finding[] {
  const rows = handlersAbove(cpuRows, "wakeThread", minimumRuns, threadedShare);
  if (rows.length === 0) return [];
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const wakeThread = rows.reduce((sum, row) => sum + (row.wakeThread ?? 0), 0);
  const named = rows.slice(0, NAMED).map((row) => `irq/${row.irq}-${row.name}`);
  const more = rows.length > NAMED ? ` and ${rows.length - NAMED} more` : "";
  const [first] = rows;
  const who =
    rows.length === 1 && first !== undefined ? `${sourceName(first)}: the handler` : `${rows.length} handlers`;
  const threads = rows.length === 1 ? "thread" : "threads";
  return [
    {
      rule: "threaded",
      sentence: `${who} left the work of ${wakeThread} of ${count} interrupts to ${threads} ${named.join(", ")}${more} (${textOfShare(wakeThread, count, threadedShare)}): their time is in no row.`,
      evidence: { handlers: rows.length, wakeThread, count, share: wakeThread / count },
      threshold: threadedShare,
    },
  ];
}

function handlersAbove(
  cpuRows: readonly FindingRow[],
  counter: "unhandled" | "wakeThread",
  minimumRuns: number,
  share: number,
): readonly FindingRow[] {
  return sumBySource(cpuRows.filter((row) => row.class === "device"))
    .filter((row) => row.count >= minimumRuns && isAbove(row[counter] ?? 0, row.count, share))
    .sort((one, other) => other.count - one.count);
}
