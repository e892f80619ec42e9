import type { Finding, FindingRow, FindingThresholds, MachineFacts } from "./finding.ts";
import { isAbove, milliseconds, textOfShare } from "./finding-parts.ts";

const where = ({ name, cpu }: FindingRow): string => (cpu === undefined ? name : `${name} on CPU ${cpu}`);

/** Softirqs of which 1 in 100 waited for longer than a tick. */
export function findLateSoftirqs(
  rows: readonly FindingRow[],
  { tickNs }: MachineFacts,
  { minimumRuns, lateTicks }: FindingThresholds,
): Finding[] {
  if (tickNs === undefined) return [];
  const limitNs = lateTicks * tickNs;
  const limit = lateTicks === 1 ? `a tick, ${milliseconds(tickNs)}` : `${lateTicks} ticks, ${milliseconds(limitNs)}`;
  return rows.flatMap((row): Finding[] => {
    const { count = 0, p99Ns = 0 } = row.latency ?? {};
    if (count < minimumRuns || p99Ns <= limitNs) return [];
    return [
      {
        rule: "late-softirq",
        sentence: `${where(row)}: 1 of 100 runs waited for ${milliseconds(p99Ns)} or longer, of ${count} (above ${limit}).`,
        evidence: { source: where(row), p99Ns, count, tickNs },
        threshold: lateTicks,
      },
    ];
  });
}

/** Softirqs most of whose runs ksoftirqd began: as a rule they come faster than they are handled elsewhere. */
export function findKsoftirqd(
  rows: readonly FindingRow[],
  { isPreemptRt = false }: MachineFacts,
  { minimumRuns, ksoftirqdShare }: FindingThresholds,
): Finding[] {
  // There it is where softirqs run.
  if (isPreemptRt) return [];
  return rows.flatMap((row): Finding[] => {
    const { latency, unmatchedRaise = 0, places } = row;
    if (latency === undefined || places === undefined) return [];
    const [began, { ksoftirqd }] = [latency.count + unmatchedRaise, places];
    if (began < minimumRuns || !isAbove(ksoftirqd, began, ksoftirqdShare)) return [];
    return [
      {
        rule: "ksoftirqd",
        sentence: `${where(row)}: ksoftirqd began ${ksoftirqd} of ${began} runs (${textOfShare(ksoftirqd, began, ksoftirqdShare)}): they compete with other tasks for the CPU.`,
        evidence: { source: where(row), ksoftirqd, count: began, share: ksoftirqd / began },
        threshold: ksoftirqdShare,
      },
    ];
  });
}
