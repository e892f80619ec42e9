import { ok } from "node:assert/strict";
import { type CoverageLine, lineShare, measureCoverage, traceInterrupts } from "@irqtrace/interrupts";
import { FLAVOURS, isPreemptRt } from "@irqtrace/tracer";
import { sendUdp } from "../../kernel/load/loads.ts";
import { readDisk } from "./devices.ts";
import type { Check } from "./report.ts";

const PACKETS = 5_000;
const DISK_READS = 500;
/** Longer than the load takes, which ends it. */
const LIMIT_MS = 120_000;
const INTERVALS = 100;

async function coverUnderLoad(flavour: (typeof FLAVOURS)[number]): Promise<string> {
  const end = new AbortController();
  const measured = measureCoverage({ durationMs: LIMIT_MS, signal: end.signal, flavour });
  await Promise.all([sendUdp(PACKETS), readDisk("vda", DISK_READS)]);
  end.abort();
  const { lines, interrupts, softirqs, lost } = await measured;
  // One may be under way on each CPU at each reading: counted by the kernel, not yet by a program. What the kernel says
  // that it left out is missing as well.
  const slack = 2 * navigator.hardwareConcurrency + (lost.recursionMisses ?? 0);
  for (const line of lines.filter(({ traced }) => traced !== null)) {
    const { counted, traced } = lineShare(line);
    ok(counted - traced <= slack, describe(line));
  }
  ok(interrupts.counted > DISK_READS && softirqs.counted > PACKETS / 2, "the load does not test anything");
  const unseen = lines.filter(({ reason, most }) => reason !== null && most > 0).map(({ label }) => label);
  return `${interrupts.traced} of ${interrupts.counted} interrupts, ${softirqs.traced} of ${softirqs.counted} softirqs${unseen.length > 0 ? `; not traced: ${unseen.join(", ")}` : ""}`;
}

const describe = ({ file, label, least, most, traced }: CoverageLine): string =>
  `${label} of ${file}: ${traced} traced, ${least} to ${most} counted by the kernel`;

/** Exclusive times add up to no more than there is. */
async function addUp(): Promise<string> {
  using tracer = traceInterrupts({ exclusive: true, perCpu: true });
  const load = sendUdp(PACKETS);
  let highest = 0;
  for await (const { rows, intervalNs } of tracer.intervals({ everyMs: 20, count: INTERVALS })) {
    for (const [cpu, ofCpu] of Map.groupBy(rows, (row) => row.cpu)) {
      const selfNs = ofCpu.reduce((sum, row) => sum + (row.selfNs ?? 0), 0);
      const longest = (isSoftirq: boolean): number =>
        Math.max(0, ...ofCpu.filter((row) => (row.class === "softirq") === isSoftirq).map((row) => row.maxNs));
      // What was running at the start ends in the interval with all of its time.
      const limitNs = intervalNs + longest(true) + longest(false);
      ok(selfNs <= limitNs, `${selfNs} ns of ${limitNs} on CPU ${cpu}`);
      highest = Math.max(highest, selfNs / intervalNs);
    }
  }
  await load;
  const { rows, elapsedNs } = tracer.snapshot();
  for (const [cpu, ofCpu] of Map.groupBy(rows, (row) => row.cpu)) {
    const selfNs = ofCpu.reduce((sum, row) => sum + (row.selfNs ?? 0), 0);
    ok(selfNs <= elapsedNs, `${selfNs} of ${elapsedNs} ns on CPU ${cpu}`);
  }
  return `at most ${(100 * highest).toFixed(1)} % of an interval`;
}

/** All classes together: what they count, and what they take. */
export const COVERAGE_CHECKS: readonly Check[] = [
  ...FLAVOURS.map((flavour) => ({
    name: `all interrupts and softirqs that have tracepoints are seen by ${flavour} programs`,
    run: () => coverUnderLoad(flavour),
  })),
  // Softirqs of a real-time kernel are preempted, and their times overlap.
  ...(isPreemptRt() ? [] : [{ name: "exclusive times of all classes add up to no more than there is", run: addUp }]),
];
