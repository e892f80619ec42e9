import { describe, expect, test } from "bun:test";
import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { bucketIndex, codec, type Value } from "@irqtrace/decode";
import { possibleCpus } from "@irqtrace/loader";
import type { CountedSoftirqRow, SoftirqOptions, TimedSoftirqRow } from "@irqtrace/softirqs";
import { softirqDefinition } from "../../packages/softirqs/src/definition.ts";
import { countMarks } from "./count-marks.ts";
import { type DrivenTracer, driveTracer, type Interference, kernelNowNs } from "./driven-tracer.ts";
import { pinToCpu } from "./pin-to-cpu.ts";

type Row = CountedSoftirqRow | TimedSoftirqRow;
type Vector = Value<typeof vectorLayout>;

const NET_RX = 3;
const NO_VECTOR = 10;
const vectorLayout = layouts.maps.vectors.value;
const zeroVector: Vector = codec(vectorLayout).decode(new DataView(new ArrayBuffer(vectorLayout.size)));

/** The programs of softirqs over events made here. */
class Softirqs implements Disposable {
  readonly #driven: DrivenTracer<Row>;

  constructor(options: SoftirqOptions = {}, isPreemptRt = false, interference?: Interference) {
    this.#driven = driveTracer(softirqDefinition(options, isPreemptRt), options, interference);
  }

  get tracer(): DrivenTracer<Row>["tracer"] {
    return this.#driven.tracer;
  }

  get rows(): readonly Row[] {
    return this.tracer.snapshot().rows;
  }

  enter(vector: number, cpu?: number): void {
    this.#driven.run("softirq_entry", [BigInt(vector)], cpu);
  }

  exit(vector: number, cpu?: number): void {
    this.#driven.run("softirq_exit", [BigInt(vector)], cpu);
  }

  count(vector: number, cpu?: number): void {
    this.#driven.run("softirq_count", [BigInt(vector)], cpu);
  }

  /** Runs the vector on two CPUs for a while, and looks for its mark. */
  countMarks(vector: number): ReturnType<typeof countMarks> {
    const object = this.#driven.object("softirqs");
    const calls = ["softirq_entry_raw_tp", "softirq_exit_raw_tp"].map((name) => ({
      programFd: object.program(name).fd,
      tracepointArguments: [BigInt(vector)],
    }));
    return countMarks(object.map("vectors"), vector, calls);
  }

  /** Replaces what the kernel knows of a vector on CPU 0. */
  change(vector: number, values: Partial<Vector>): void {
    const changed = possibleCpus().map((cpu) => (cpu === 0 ? { ...zeroVector, ...values } : zeroVector));
    this.#driven.object("softirqs").map("vectors").set(vector, changed);
  }

  [Symbol.dispose](): void {
    this.#driven[Symbol.dispose]();
  }
}

describe("softirqs", () => {
  test("an exit without an entry of its own is counted and not timed", () => {
    using softirqs = new Softirqs();
    softirqs.exit(NET_RX);
    expect(softirqs.tracer.snapshot()).toMatchObject({ rows: [], lost: { unmatched: 1 } });
    softirqs.enter(NET_RX);
    softirqs.exit(NET_RX);
    softirqs.exit(NET_RX);
    softirqs.enter(NET_RX, 1);
    softirqs.exit(NET_RX, 0);
    const { rows, lost } = softirqs.tracer.snapshot();
    expect(rows).toMatchObject([{ vector: NET_RX, name: "net_rx", count: 1 }]);
    expect(lost).toEqual({ unmatched: 3, tableFull: 0, recursionMisses: 0 });
  });

  test("what an interval lost is what was lost in it, and the run keeps its maximum", async () => {
    using softirqs = new Softirqs();
    softirqs.enter(NET_RX);
    await Bun.sleep(20);
    softirqs.exit(NET_RX);
    const intervals = softirqs.tracer.intervals({ everyMs: 10 })[Symbol.asyncIterator]();
    const unmatched: unknown[] = [];
    for (const exits of [3, 0, 1]) {
      const interval = intervals.next();
      for (let exit = 0; exit < exits; exit++) softirqs.exit(NET_RX);
      unmatched.push((await interval).value?.lost.unmatched);
      softirqs.enter(NET_RX);
      softirqs.exit(NET_RX);
    }
    expect(unmatched).toEqual([3, 0, 1]);
    const { rows, lost } = softirqs.tracer.snapshot();
    expect(lost.unmatched).toBe(4);
    expect(rows.map((row) => ("maxNs" in row ? row.maxNs : 0))[0]).toBeGreaterThanOrEqual(20e6);
  });

  test("the runs that the kernel skipped are those of both programs, and unknown where it does not count them", async () => {
    let misses: number | null = 5;
    using softirqs = new Softirqs({}, false, { recursionMisses: () => misses });
    expect(softirqs.tracer.snapshot().lost.recursionMisses).toBe(10);
    const interval = softirqs.tracer.intervals({ everyMs: 10, count: 1 })[Symbol.asyncIterator]().next();
    misses = 7;
    expect((await interval).value?.lost.recursionMisses).toBe(4);
    misses = null;
    expect(softirqs.tracer.snapshot().lost.recursionMisses).toBeNull();
  });

  test("a vector that nobody knows is counted as lost, timed or not", () => {
    using timed = new Softirqs();
    timed.enter(NO_VECTOR);
    timed.exit(NO_VECTOR);
    using counted = new Softirqs({ measure: "count" });
    counted.count(NO_VECTOR);
    for (const { tracer } of [timed, counted]) {
      expect(tracer.snapshot()).toMatchObject({ rows: [], lost: { tableFull: 1 } });
    }
  });

  test("what the CPU filter leaves out is in no row and in no count of what was lost", () => {
    using timed = new Softirqs({ cpus: [1] });
    using counted = new Softirqs({ cpus: [1], measure: "count", perCpu: true });
    for (const cpu of [0, 1, 0]) {
      timed.enter(NET_RX, cpu);
      timed.exit(NET_RX, cpu);
      counted.count(NET_RX, cpu);
    }
    expect(timed.tracer.snapshot()).toMatchObject({ rows: [{ count: 1 }], lost: { unmatched: 0, tableFull: 0 } });
    expect(counted.rows).toEqual([{ vector: NET_RX, name: "net_rx", cpu: 1, count: 1 }]);
  });

  test("a duration counts in ns, in its bucket and as the run's maximum, and a clock that steps back gives 0", () => {
    using softirqs = new Softirqs();
    for (const [vector, durationNs] of [5e3, 40e6, 3e9, 80e9, -1e9].entries()) {
      softirqs.change(vector, { start_ns: kernelNowNs() - durationNs });
      softirqs.exit(vector);
      const row = softirqs.rows[vector];
      if (row === undefined || !("totalNs" in row)) throw new Error("the row has no times");
      expect(row.totalNs).toBeWithin(Math.max(0, durationNs), Math.max(0, durationNs) + 1e8);
      expect(row.maxNs).toBe(row.totalNs);
      expect(row.histogram.buckets().map(([lowNs]) => bucketIndex(lowNs))).toEqual([bucketIndex(row.totalNs)]);
    }
  });
});

test("a program that is counting says so by its mark, and takes it back", async () => {
  using softirqs = new Softirqs();
  const { seen, left } = await softirqs.countMarks(NET_RX);
  expect(seen).toBeGreaterThan(0);
  expect(left).toBe(0);
}, 120_000);

describe("a row that is being written when it is read", () => {
  const times = { count: 5, total_ns: 500, max_ns: 100, run_max_ns: 100, epoch: 1, padding: 0 };
  const half: Partial<Vector> = { writing: 1, banks: [times, times] };
  const whole: Partial<Vector> = { banks: [times, { ...times, count: 7 }] };

  test("is read until it is whole", () => {
    let reads = 0;
    const onItemRead = (): void => {
      reads++;
      if (reads === 10) softirqs.change(NET_RX, whole);
    };
    using softirqs = new Softirqs({ measure: "count" }, false, { onItemRead });
    softirqs.change(NET_RX, half);
    expect(softirqs.rows).toMatchObject([{ vector: NET_RX, count: 7 }]);
  });

  test("is read once more when its mark went down, which arm64 may show before the rest", () => {
    let reads = 0;
    const onItemRead = (): void => {
      reads++;
      if (reads === 1) softirqs.change(NET_RX, { ...half, writing: 0 });
      if (reads === 2) softirqs.change(NET_RX, whole);
    };
    using softirqs = new Softirqs({ measure: "count" }, false, { onItemRead });
    softirqs.change(NET_RX, half);
    expect(softirqs.rows).toMatchObject([{ vector: NET_RX, count: 7 }]);
  });

  test("is taken as it is when its writer does not come back", () => {
    using softirqs = new Softirqs({ measure: "count" });
    softirqs.change(NET_RX, half);
    const started = Bun.nanoseconds();
    expect(softirqs.rows).toMatchObject([{ vector: NET_RX, count: 5 }]);
    expect(Bun.nanoseconds() - started).toBeWithin(50e6, 1e9);
  });
});

describe("softirqs of a PREEMPT_RT kernel", () => {
  test("are timed for the task that entered, and another task's exit is unmatched", () => {
    using _pinned = pinToCpu(0);
    using softirqs = new Softirqs({}, true);
    softirqs.enter(NET_RX, 0);
    softirqs.exit(NET_RX, 0);
    expect(softirqs.tracer.snapshot()).toMatchObject({ rows: [{ count: 1 }], lost: { unmatched: 0 } });
    softirqs.change(NET_RX, { start_ns: kernelNowNs() - 1e6, task: 4096 });
    softirqs.exit(NET_RX, 0);
    expect(softirqs.tracer.snapshot().lost.unmatched).toBe(1);
  });
});
