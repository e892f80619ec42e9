import { describe, expect, test } from "bun:test";
import { bucketBounds, bucketIndex } from "@irqtrace/decode";
import { type TimedHardirqRow, traceHardirqs } from "@irqtrace/hardirqs";
import { type TimedSoftirqRow, traceSoftirqs } from "@irqtrace/softirqs";
import type { Interval, Tracer } from "@irqtrace/tracer";
import { DiskFile, spawnAt, udpCommand } from "./load/loads.ts";

type TimedRow = TimedHardirqRow | TimedSoftirqRow;

const INTERVALS = 1_000;
const CYCLES = 200;
/** More than the tests take; ended with them. */
const PLENTY = 1_000_000_000;

/** A load that runs until it is disposed of. */
function during(command: readonly string[]): AsyncDisposable {
  const load = spawnAt(command);
  return {
    [Symbol.asyncDispose]: async () => {
      load.kill();
      await load.exited;
    },
  };
}

/** Count, total, maximum and buckets of a row describe the same events. */
function expectWhole(row: TimedRow, intervalNs: number): void {
  expect(row.histogram.count).toBe(row.count);
  expect(row.totalNs).toBeGreaterThanOrEqual(row.histogram.lowerSumNs);
  expect(row.totalNs).toBeLessThanOrEqual(row.histogram.upperSumNs);
  const highest = row.histogram.buckets().at(-1);
  expect(bucketBounds(bucketIndex(row.maxNs)).lowNs).toBe(highest?.[0] ?? -1);
  expect(row.maxNs).toBeLessThanOrEqual(row.totalNs);
  expect(row.p50Ns).toBeLessThanOrEqual(row.p99Ns);
  expect(row.p999Ns).toBeLessThanOrEqual(row.maxNs);
  expect(row.maxNs).toBeLessThan(intervalNs + 10e6);
}

async function expectWholeIntervals<Row extends TimedRow>(tracer: Tracer<Row>): Promise<Interval<Row>[]> {
  const intervals: Interval<Row>[] = [];
  for await (const interval of tracer.intervals({ everyMs: 10, count: INTERVALS })) {
    for (const row of interval.rows) expectWhole(row, interval.intervalNs);
    intervals.push(interval);
  }
  return intervals;
}

describe("under load, at intervals of 10 ms", () => {
  test.each([true, false])(
    "count, total, maximum and histogram of softirqs describe the same events (per CPU: %p)",
    async (perCpu) => {
      await using _load = during(udpCommand(PLENTY));
      using tracer = traceSoftirqs({ perCpu });
      const start = tracer.snapshot();
      const intervals = await expectWholeIntervals(tracer);
      const end = tracer.snapshot();
      const counted = intervals.flatMap(({ rows }) => rows).reduce((sum, row) => sum + row.count, 0);
      const [before, after] = [start, end].map(({ rows }) => rows.reduce((sum, row) => sum + row.count, 0));
      console.log(`  ${counted} events in ${intervals.length} intervals`);
      expect(counted).toBeGreaterThan(INTERVALS * 100);
      expect(counted).toBeLessThanOrEqual((after ?? 0) - (before ?? 0));
    },
    60_000,
  );

  test.each([true, false])(
    "count, total, maximum and histogram of hardirqs describe the same events (per CPU: %p)",
    async (perCpu) => {
      using file = new DiskFile();
      await using _load = during(file.readCommand(PLENTY));
      using tracer = traceHardirqs({ perCpu });
      const intervals = await expectWholeIntervals(tracer);
      const counted = intervals.flatMap(({ rows }) => rows).reduce((sum, row) => sum + row.count, 0);
      console.log(`  ${counted} events in ${intervals.length} intervals`);
      expect(counted).toBeGreaterThan(INTERVALS * 10);
    },
    60_000,
  );

  test("intervals come on time, and snapshots in between change nothing in them", async () => {
    await using _load = during(udpCommand(PLENTY));
    using tracer = traceSoftirqs();
    const timer = setInterval(() => tracer.snapshot(), 3);
    // Stopped before the tracer ends, also when an interval is wrong.
    using _disturbance: Disposable = { [Symbol.dispose]: () => clearInterval(timer) };
    const started = Bun.nanoseconds();
    const intervals = await expectWholeIntervals(tracer);
    clearInterval(timer);
    const elapsedNs = Bun.nanoseconds() - started;
    const measuredNs = intervals.reduce((sum, { intervalNs }) => sum + intervalNs, 0);
    expect(Math.abs(measuredNs - elapsedNs)).toBeLessThan(20e6);
    const events = intervals.flatMap(({ rows }) => rows).reduce((sum, row) => sum + row.count, 0);
    const seen = tracer.snapshot().rows.reduce((sum, row) => sum + row.count, 0);
    expect(events).toBeLessThanOrEqual(seen);
    expect(events).toBeGreaterThan(0.98 * seen);
  }, 60_000);
});

test(`no sample is longer than its trace, and entries are seen first, in ${CYCLES} attach-detach cycles under load`, async () => {
  using file = new DiskFile();
  await using _udp = during(udpCommand(PLENTY));
  await using _disk = during(file.readCommand(PLENTY));
  let [events, unmatched] = [0, 0];
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    for (const trace of [() => traceHardirqs(), () => traceSoftirqs()]) {
      const started = Bun.nanoseconds();
      using tracer: Tracer<TimedRow> = trace();
      await Bun.sleep(5);
      const { rows, lost } = tracer.snapshot();
      const elapsedNs = Bun.nanoseconds() - started;
      expect(lost.tableFull).toBe(0);
      unmatched += lost.unmatched ?? 0;
      for (const row of rows) {
        expect(row.maxNs).toBeLessThan(elapsedNs);
        events += row.count;
      }
    }
  }
  console.log(`  ${events} events in ${2 * CYCLES} traces, ${unmatched} unmatched`);
  expect(events).toBeGreaterThan(CYCLES * 100);
  // Handlers that ran while the first program was attached: there need be none. Exits first would be dozens each time.
  expect(unmatched).toBeLessThan(CYCLES);
}, 120_000);
