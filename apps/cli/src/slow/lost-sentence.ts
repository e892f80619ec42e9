import type { SlowLost } from "@irqtrace/interrupts";

/** CPUs that are named one by one; beyond that their number says enough. */
const NAMED_CPUS = 4;

/** What was not shown and why, on one line; nothing if all was. */
export function lostSentence({
  suppressed,
  bufferFull,
  unmatched,
  unmatchedRaise,
  recursionMisses,
  perCpu,
}: SlowLost): string {
  const cpus = (field: "suppressed" | "bufferFull"): string => {
    const losers = perCpu.filter((cpu) => cpu[field] > 0).sort((one, other) => other[field] - one[field]);
    if (losers.length > NAMED_CPUS) return ` (on ${losers.length} CPUs)`;
    return ` (${losers.map((cpu) => `CPU ${cpu.cpu}: ${cpu[field]}`).join(", ")})`;
  };
  const counts = [
    [suppressed, () => `${suppressed} beyond what a CPU may report${cpus("suppressed")}`],
    [bufferFull, () => `${bufferFull} that found no room in the buffer${cpus("bufferFull")}`],
    [unmatched, () => `${unmatched} whose start was not seen`],
    [unmatchedRaise, () => `${unmatchedRaise} softirqs whose raise was not seen`],
    [recursionMisses ?? 0, () => `${recursionMisses} that the kernel left out`],
  ] as const;
  const said = counts.flatMap(([count, say]) => (count === 0 ? [] : [say()]));
  return said.length === 0 ? "" : `irqtrace: not shown: ${said.join("; ")}.\n`;
}
