import { expect, test } from "bun:test";
import { interruptDifference, type TimedInterruptRow, traceInterrupts } from "@irqtrace/interrupts";
import { possibleCpus } from "@irqtrace/loader";
import { kernelNowNs } from "./driven-tracer.ts";
import { DiskFile, sendUdp } from "./load/loads.ts";
import { NestingRecorder } from "./recorded-nesting.ts";

const INTERVALS = 1_000;
const PACKETS = 200_000;
/** What a recorded event and a program take at the two ends of a handler. */
const LISTENERS_NS = 400;

const sum = (rows: readonly TimedInterruptRow[]): number => rows.reduce((total, row) => total + (row.selfNs ?? 0), 0);

/** Keeps the machine busy with packets and reads until it is told to end. */
async function loadUntil(signal: AbortSignal): Promise<void> {
  using file = new DiskFile();
  while (!signal.aborted) await Promise.all([sendUdp(PACKETS), file.read(2_000)]);
}

test("interrupts take no more of a CPU than there is, in each of 1,000 intervals under load and since attach", async () => {
  using tracer = traceInterrupts({ exclusive: true, perCpu: true });
  const end = new AbortController();
  const load = loadUntil(end.signal);
  let highestShare = 0;
  let nestedNs = 0;
  for await (const { rows, intervalNs } of tracer.intervals({ everyMs: 10, count: INTERVALS })) {
    for (const ofCpu of Map.groupBy(rows, (row) => row.cpu).values()) {
      const selfNs = sum(ofCpu);
      for (const row of ofCpu) {
        expect(row.selfNs).toBeWithin(0, row.totalNs + 1);
        nestedNs += row.totalNs - (row.selfNs ?? 0);
      }
      // What was running when the interval began ends in it with all of its time: a softirq and a hardirq in it.
      const longest = (isSoftirq: boolean): number =>
        Math.max(0, ...ofCpu.filter((row) => (row.class === "softirq") === isSoftirq).map((row) => row.maxNs));
      expect(selfNs).toBeLessThanOrEqual(intervalNs + longest(true) + longest(false));
      highestShare = Math.max(highestShare, selfNs / intervalNs);
    }
  }
  end.abort();
  await load;
  const { rows, elapsedNs } = tracer.snapshot();
  const shares = [...Map.groupBy(rows, (row) => row.cpu)].map(([cpu, ofCpu]) => [cpu, sum(ofCpu) / elapsedNs] as const);
  console.log(
    `  at most ${(100 * highestShare).toFixed(1)} % of an interval, ${shares.map(([cpu, share]) => `${(100 * share).toFixed(1)} % of CPU ${cpu}`).join(", ")}, ${(nestedNs / 1e6).toFixed(1)} ms nested`,
  );
  for (const [, share] of shares) expect(share).toBeLessThanOrEqual(1);
  expect(nestedNs).toBeGreaterThan(0);
}, 60_000);

test("what hard interrupts take from softirqs is what the kernel's own trace says", async () => {
  using file = new DiskFile();
  await using recorder = await NestingRecorder.start();
  using tracer = traceInterrupts({ exclusive: true });
  const earlier = tracer.snapshot();
  const startNs = kernelNowNs();
  // On every CPU, and so also on the one that the disk interrupts.
  await Promise.all([...possibleCpus().map((cpu) => sendUdp(150_000, { cpu })), file.read(40_000)]);
  const endNs = kernelNowNs();
  const rows = interruptDifference(tracer.snapshot(), earlier).rows.filter((row) => row.class === "softirq");
  const recorded = await recorder.between(startNs, endNs);
  const totalNs = rows.reduce((total, row) => total + row.totalNs, 0);
  const takenNs = totalNs - sum(rows);
  console.log(
    `  ${inMs(takenNs)} of ${inMs(totalNs)} ms taken, recorded ${inMs(recorded.nestedNs)} of ${inMs(recorded.softirqNs)} ms in ${recorded.nestedCount} nested interrupts`,
  );
  expect(recorded.nestedCount).toBeGreaterThan(100);
  // The programs and the recording run one after the other at each tracepoint, and one of them has the other's time in
  // each handler. driven-exclusive.test.ts is exact.
  const listenersNs = LISTENERS_NS * recorded.nestedCount;
  expect(takenNs).toBeWithin(0.95 * recorded.nestedNs - listenersNs, 1.2 * recorded.nestedNs);
}, 60_000);

const inMs = (ns: number): string => (ns / 1e6).toFixed(3);
