import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { bucketBounds, bucketIndex, Histogram } from "@irqtrace/decode";
import { difference, type TimedSoftirqRow, traceSoftirqs, VECTORS } from "@irqtrace/softirqs";
import { FLAVOURS } from "@irqtrace/tracer";
import { kernelNowNs } from "./driven-tracer.ts";
import { DiskFile, sendUdp } from "./load/loads.ts";
import { type RawSoftirqEvent, RawSoftirqTrace } from "./raw-softirq-trace.ts";

const PACKETS = 150_000;
const READS = 5_000;
/** Fewer have a median that a few events move by a bucket. */
const MANY = 1_000;

/** An interrupt can come between a recording and its program: on each CPU one event at an end of the window is on the other side. */
const AT_ENDS = 2 * navigator.hardwareConcurrency;

/** What an independent reckoning makes of a vector's events. */
interface Reckoned {
  readonly waitsNs: readonly number[];
  readonly unmatched: number;
}

/** From the first raise since the last entry to the entry, of the entries from `startNs` to `endNs`. */
function reckon(events: readonly RawSoftirqEvent[], startNs: number, endNs: number): ReadonlyMap<number, Reckoned> {
  const raised = new Map<string, number>();
  const reckoned = new Map<number, { waitsNs: number[]; unmatched: number }>();
  for (const { kind, cpu, vector, atNs } of events) {
    const place = `${cpu} ${vector}`;
    const raisedNs = raised.get(place);
    if (kind === "raise") {
      if (raisedNs === undefined) raised.set(place, atNs);
      continue;
    }
    raised.delete(place);
    if (atNs < startNs || atNs > endNs) continue;
    const one = reckoned.get(vector) ?? { waitsNs: [], unmatched: 0 };
    reckoned.set(vector, one);
    if (raisedNs === undefined) one.unmatched++;
    else one.waitsNs.push(atNs - raisedNs);
  }
  return reckoned;
}

/**
 * Of two listeners at a tracepoint one reads its clock later, by what the other takes: more than a bucket of short waits.
 * The recording of a raise within a disk's interrupt, with nothing of it in the caches, took 128 ns on a slow machine.
 */
const LISTENER_NS = 200;
const NOTHING: Reckoned = { waitsNs: [], unmatched: 0 };

interface Window {
  readonly rows: readonly TimedSoftirqRow[];
  /** Within the tracer's window for certain, and beyond it for certain. */
  readonly inner: ReadonlyMap<number, Reckoned>;
  readonly outer: ReadonlyMap<number, Reckoned>;
}

/** The same time seen by a tracer and by the kernel's recording, less what programs cannot see on some kernels. */
async function recordWindow(flavour: (typeof FLAVOURS)[number]): Promise<Window> {
  const ofPid1 = new Set(readdirSync("/proc/1/task").map(Number));
  await using recording = await RawSoftirqTrace.start();
  using tracer = traceSoftirqs({ flavour, latency: true, places: "stack" });
  const startNs = [kernelNowNs(), 0];
  const earlier = tracer.snapshot();
  startNs[1] = kernelNowNs();
  using file = new DiskFile();
  await Promise.all([sendUdp(PACKETS), file.read(READS)]);
  const endNs = [kernelNowNs(), 0];
  const later = tracer.snapshot();
  endNs[1] = kernelNowNs();
  const seen = (await recording.stop()).filter(({ thread }) => !ofPid1.has(thread));
  const { rows, lost } = difference(later, earlier);
  expect(lost).toMatchObject({ tableFull: 0, recursionMisses: 0 });
  return {
    rows,
    inner: reckon(seen, startNs[1] ?? 0, endNs[0] ?? 0),
    outer: reckon(seen, startNs[0] ?? 0, endNs[1] ?? 0),
  };
}

test.each([...FLAVOURS])(
  "waits counted by %s programs are those of the kernel's own recording of raises and entries",
  async (flavour) => {
    const { rows, inner, outer } = await recordWindow(flavour);
    let compared = 0;
    for (const { vector, name } of VECTORS) {
      const row = rows.find((one) => one.vector === vector);
      const [least, most] = [inner.get(vector) ?? NOTHING, outer.get(vector) ?? NOTHING];
      const { latency, unmatchedRaise = 0, places } = row ?? {};
      const count = latency?.count ?? 0;
      const reckonedNs = Histogram.fromSamples(least.waitsNs).quantileNs(0.5);
      console.log(
        `  ${name}: ${count} waits, reckoned ${least.waitsNs.length} to ${most.waitsNs.length}; without a raise ${unmatchedRaise}, reckoned ${least.unmatched} to ${most.unmatched}; median ${latency?.p50Ns}, reckoned ${reckonedNs}`,
      );
      expect(count).toBeWithin(least.waitsNs.length - AT_ENDS, most.waitsNs.length + AT_ENDS + 1);
      expect(unmatchedRaise).toBeWithin(least.unmatched - AT_ENDS, most.unmatched + AT_ENDS + 1);
      const began = Object.values(places ?? {}).reduce((sum, runs) => sum + runs, 0);
      expect(began).toBe(count + unmatchedRaise);
      expect(latency?.histogram.count ?? 0).toBe(count);
      if (latency === undefined || count < MANY) continue;
      const [low, high] = [latency.p50Ns, reckonedNs].map(bucketIndex).sort((one, other) => one - other);
      const gapNs = bucketBounds(high ?? 0).lowNs - bucketBounds(low ?? 0).highNs;
      expect([name, gapNs <= LISTENER_NS || (high ?? 0) - (low ?? 0) <= 1, gapNs]).toEqual([name, true, gapNs]);
      compared += 1;
    }
    const placesOf = (name: string): TimedSoftirqRow["places"] => rows.find((row) => row.name === name)?.places;
    // What a sender's packets raise runs as it allows softirqs again; what a disk raises, as its interrupt ends.
    expect(placesOf("net_rx")?.bhEnable).toBeGreaterThan(PACKETS / 2);
    expect(placesOf("block")?.interruptExit).toBeGreaterThan(0);
    for (const { places } of rows) expect(places?.unknown).toBe(0);
    // The load is made of these: packets, and reads of a disk.
    expect(compared).toBeGreaterThanOrEqual(2);
    expect(rows.find(({ name }) => name === "net_rx")?.latency?.count).toBeGreaterThan(PACKETS / 2);
  },
  60_000,
);
