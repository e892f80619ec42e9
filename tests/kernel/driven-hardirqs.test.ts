import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BUCKET_COUNT, bucketIndex } from "@irqtrace/decode";
import type { CountedHardirqRow, HardirqOptions, TimedHardirqRow } from "@irqtrace/hardirqs";
import { possibleCpus } from "@irqtrace/loader";
import type { TracerDefinition } from "@irqtrace/tracer";
import { hardirqObject } from "../../packages/hardirqs/src/definition.ts";
import { hardirqTable, SCHEMA } from "../../packages/hardirqs/src/table.ts";
import { countMarks } from "./count-marks.ts";
import { type DrivenTracer, driveTracer, kernelNowNs } from "./driven-tracer.ts";
import { FakeActions } from "./fake-actions.ts";
import { type Call, runAtOnce } from "./run-at-once.ts";

type Row = CountedHardirqRow | TimedHardirqRow;

const [IRQ_NONE, IRQ_HANDLED, IRQ_WAKE_THREAD] = [0, 1, 2];
const IRQF_PERCPU = 0x400;
const SIZE = { irqs: 16, actions: 64, percpuActions: 0 };
const IRQ = 7;

let fakes: FakeActions;
beforeAll(() => {
  fakes = new FakeActions();
});
afterAll(() => fakes[Symbol.dispose]());

/** An address at which there is nothing to read: an action without a name. */
const nameless = (index: number): bigint => 0x1000n + 64n * BigInt(index);

/** The programs of hardirqs over events made here. */
class Hardirqs implements Disposable {
  readonly #driven: DrivenTracer<Row>;
  readonly #isTimed: boolean;

  constructor(options: HardirqOptions = {}, size = SIZE, hasIpis = false) {
    this.#isTimed = options.measure !== "count";
    const definition: TracerDefinition<Row> = {
      schema: SCHEMA,
      objects: [hardirqObject(options, size, hasIpis)],
      decode: (raw) => [hardirqTable(raw)],
    };
    this.#driven = driveTracer(definition, options);
  }

  get tracer(): DrivenTracer<Row>["tracer"] {
    return this.#driven.tracer;
  }

  get rows(): readonly Row[] {
    return this.tracer.snapshot().rows;
  }

  /** A program's run, to be made by somebody else. */
  call(program: string, ...tracepointArguments: readonly bigint[]): Call {
    return { programFd: this.#driven.object("hardirqs").program(`${program}_raw_tp`).fd, tracepointArguments };
  }

  /** Repeats the calls on two CPUs, and looks for the marks of a slot's row. */
  countMarks(slot: number, calls: readonly Call[]): ReturnType<typeof countMarks> {
    return countMarks(this.#driven.object("hardirqs").map("cells"), slot, calls);
  }

  countFreeSlots(): number {
    const free = this.#driven.object("hardirqs").map("free_slots");
    let slots = 0;
    while (free.pop() !== undefined) slots++;
    return slots;
  }

  enter(irq: number, action: bigint, cpu?: number): void {
    this.#driven.run("hardirq_entry", [BigInt(irq), action], cpu);
  }

  exit(irq: number, action: bigint, returned: number = IRQ_HANDLED, cpu?: number): void {
    this.#driven.run("hardirq_exit", [BigInt(irq), action, BigInt(returned)], cpu);
  }

  /** A handler's run, as the programs that are loaded see it. */
  handle(irq: number, action: bigint, returned: number = IRQ_HANDLED, cpu?: number): void {
    if (this.#isTimed) {
      this.enter(irq, action, cpu);
      this.exit(irq, action, returned, cpu);
    } else {
      this.#driven.run("hardirq_count", [BigInt(irq), action, BigInt(returned)], cpu);
    }
  }

  /** The exit of a run on CPU 0 whose entry was `durationNs` ago, or is yet to come. */
  handleFor(irq: number, action: bigint, durationNs: number): void {
    const line = { action: 0, name: 0, dev_id: 0, slot: 0, padding: 0 };
    const starts = possibleCpus().map(() => ({ ...line, start_ns: kernelNowNs() - durationNs }));
    this.#driven.object("hardirqs").map("lines").set(irq, starts);
    this.exit(irq, action);
  }

  [Symbol.dispose](): void {
    this.#driven[Symbol.dispose]();
  }
}

describe.each(["time", "count"] as const)("hardirqs, measuring %s", (measure) => {
  test("what handlers return is counted: not theirs, handled, thread woken, or both of these", () => {
    using hardirqs = new Hardirqs({ measure });
    const action = fakes.set(0, { name: "disk" });
    const returns = [IRQ_HANDLED, IRQ_NONE, IRQ_WAKE_THREAD, IRQ_HANDLED | IRQ_WAKE_THREAD, IRQ_HANDLED, IRQ_NONE];
    for (const returned of returns) hardirqs.handle(IRQ, action, returned);
    expect(hardirqs.rows).toMatchObject([{ irq: IRQ, name: "disk", count: 6, unhandled: 2, wakeThread: 2 }]);
  });

  test("an action is told by its irq, address, name and device, and keeps its row while others come and go", () => {
    using hardirqs = new Hardirqs({ measure });
    const disk = fakes.set(0, { name: "disk", devId: 1n });
    const net = fakes.set(1, { name: "net", devId: 1n });
    hardirqs.handle(IRQ, disk);
    hardirqs.handle(IRQ, net);
    hardirqs.handle(IRQ, disk);
    hardirqs.handle(IRQ + 1, disk);
    // What a freed action's memory may be used for next: another device of the same driver.
    fakes.set(0, { name: "disk", devId: 2n });
    hardirqs.handle(IRQ, disk);
    hardirqs.handle(IRQ, disk);
    hardirqs.handle(IRQ, disk);
    fakes.set(0, { name: "disk", devId: 1n });
    hardirqs.handle(IRQ, disk);
    expect(hardirqs.rows.map(({ irq, name, slot, count }) => [irq, name, slot, count])).toEqual([
      [IRQ, "disk", 0, 3],
      [IRQ, "net", 1, 1],
      [IRQ + 1, "disk", 2, 1],
      [IRQ, "disk", 3, 3],
    ]);
  });

  test("the actions of a shared line know their places", () => {
    using hardirqs = new Hardirqs({ measure });
    const last = fakes.set(2, { name: "sound" });
    const middle = fakes.set(1, { name: "smbus", next: 2 });
    const first = fakes.set(0, { name: "usb", next: 1 });
    for (const action of [last, first, middle]) hardirqs.handle(IRQ, action, IRQ_NONE);
    expect(hardirqs.rows.map(({ name, action }) => [name, action])).toEqual([
      ["sound", 2],
      ["usb", 0],
      ["smbus", 1],
    ]);
  });

  test("a name that its driver rewrites in place is news of the same row from the next reading on", () => {
    using hardirqs = new Hardirqs({ measure });
    const action = fakes.set(0, { name: "eth0-a-rather-long-name" });
    hardirqs.handle(IRQ, action);
    expect(hardirqs.rows[0]?.name).toBe("eth0-a-rather-long-name");
    for (const name of ["renamed", "renamed-again", "r"]) {
      fakes.set(0, { name });
      hardirqs.handle(IRQ, action, IRQ_HANDLED, 1);
      expect(hardirqs.rows.map((row) => row.name)).toEqual([name]);
    }
    expect(hardirqs.rows[0]?.count).toBe(4);
  });

  test("names are cut after 63 bytes", () => {
    using hardirqs = new Hardirqs({ measure });
    hardirqs.handle(IRQ, fakes.set(0, { name: `${"x".repeat(62)}yz` }));
    expect(hardirqs.rows[0]?.name).toBe(`${"x".repeat(62)}y`);
  });

  test("a full table and an irq beyond it cost their own events, which are counted, and nobody else's", () => {
    using hardirqs = new Hardirqs({ measure }, { ...SIZE, actions: 2 });
    for (let round = 0; round < 3; round++) {
      for (const index of [0, 1, 2, 3]) hardirqs.handle(IRQ, nameless(index));
      hardirqs.handle(SIZE.irqs, nameless(0));
    }
    const { rows, lost } = hardirqs.tracer.snapshot();
    expect(rows.map(({ irq, count }) => [irq, count])).toEqual([
      [IRQ, 3],
      [IRQ, 3],
    ]);
    expect(lost).toMatchObject({ tableFull: 9, recursionMisses: 0 });
  });

  test("what the CPU filter leaves out is in no row and in no count of what was lost", () => {
    using hardirqs = new Hardirqs({ measure, cpus: [1] });
    for (const irq of [IRQ, IRQ, SIZE.irqs]) hardirqs.handle(irq, nameless(0), IRQ_HANDLED, 0);
    expect(hardirqs.tracer.snapshot()).toMatchObject({ rows: [], lost: { tableFull: 0, recursionMisses: 0 } });
    expect(hardirqs.tracer.snapshot().lost.unmatched ?? 0).toBe(0);
    hardirqs.handle(IRQ, nameless(0), IRQ_HANDLED, 1);
    expect(hardirqs.rows).toMatchObject([{ count: 1 }]);
  });

  test("rows per CPU are what ran there", () => {
    using hardirqs = new Hardirqs({ measure, perCpu: true });
    for (const cpu of [1, 0, 1, 1]) hardirqs.handle(IRQ, nameless(0), cpu === 0 ? IRQ_NONE : IRQ_HANDLED, cpu);
    expect(hardirqs.rows.map(({ cpu, count, unhandled }) => [cpu, count, unhandled])).toEqual([
      [0, 1, 1],
      [1, 3, 0],
    ]);
  });
});

describe("hardirqs", () => {
  test("an exit without an entry of its own is counted and not timed", () => {
    using hardirqs = new Hardirqs();
    const action = fakes.set(0, { name: "disk" });
    hardirqs.exit(IRQ, action);
    expect(hardirqs.tracer.snapshot()).toMatchObject({ rows: [], lost: { unmatched: 1 } });
    hardirqs.handle(IRQ, action);
    hardirqs.exit(IRQ, action);
    hardirqs.enter(IRQ, action, 1);
    hardirqs.exit(IRQ, action, IRQ_HANDLED, 0);
    const { rows, lost } = hardirqs.tracer.snapshot();
    expect(rows).toMatchObject([{ count: 1 }]);
    expect(lost.unmatched).toBe(3);
  });

  test("a handler that runs another line's has its own time and the other's", () => {
    using hardirqs = new Hardirqs();
    hardirqs.enter(IRQ, nameless(0));
    hardirqs.handle(IRQ + 1, nameless(1));
    hardirqs.exit(IRQ, nameless(0));
    const [inner, outer] = hardirqs.rows;
    expect([inner, outer]).toMatchObject([
      { irq: IRQ + 1, count: 1 },
      { irq: IRQ, count: 1 },
    ]);
    const totalNs = (row: Row | undefined): number =>
      row !== undefined && "totalNs" in row ? row.totalNs : Number.NaN;
    expect(totalNs(outer)).toBeGreaterThan(totalNs(inner));
    expect(hardirqs.tracer.snapshot().lost.unmatched).toBe(0);
  });

  test.each([true, false])(
    "every duration counts in its bucket, and what is longer than the last one in that (per CPU: %p)",
    (perCpu) => {
      const durationsNs = Array.from({ length: 1_500 }, (_, index) => Math.floor(2 ** (13 + (25 * index) / 1_500)));
      // Entries that are still to come: from clocks that step back, which is 0, to a few microseconds.
      for (let aheadNs = 0; aheadNs < 40_000; aheadNs += 20) durationsNs.push(-aheadNs);
      using hardirqs = new Hardirqs({ perCpu }, { ...SIZE, actions: durationsNs.length });
      for (const [index, durationNs] of durationsNs.entries()) hardirqs.handleFor(IRQ, nameless(index), durationNs);
      const seen = new Set<number>();
      for (const row of hardirqs.rows) {
        if (!("totalNs" in row)) throw new Error("the row has no times");
        const bucket = row.histogram.buckets().map(([lowNs]) => bucketIndex(lowNs));
        expect([row.totalNs, row.count, bucket]).toEqual([row.totalNs, 1, [bucketIndex(row.totalNs)]]);
        const wantedNs = durationsNs[row.slot] ?? 0;
        expect(row.totalNs).toBeGreaterThanOrEqual(Math.max(0, wantedNs));
        expect(row.totalNs).toBeLessThan(Math.max(0, wantedNs) + 1e9);
        expect(row.maxNs).toBe(row.totalNs);
        seen.add(bucket[0] ?? -1);
      }
      // All from 1 ms on, where what a run takes matters little; the first; and most of those between.
      for (let bucket = bucketIndex(1e6); bucket < BUCKET_COUNT; bucket++) expect(seen).toContain(bucket);
      expect(seen).toContain(0);
      expect(seen.size).toBeGreaterThan(180);
    },
  );

  test("a maximum is that of its interval, and the run keeps the largest of all", async () => {
    using hardirqs = new Hardirqs();
    const intervals = hardirqs.tracer.intervals({ everyMs: 10 })[Symbol.asyncIterator]();
    for (const durationNs of [1e9, 50e9, 2e3, 5e9, 9e9, 1e3]) {
      const interval = intervals.next();
      hardirqs.handleFor(IRQ, nameless(0), durationNs);
      // Read for another purpose: the interval goes on.
      hardirqs.tracer.snapshot();
      hardirqs.handleFor(IRQ, nameless(0), 100);
      const [row, ...others] = (await interval).value?.rows ?? [];
      if (row === undefined || !("maxNs" in row)) throw new Error("the interval has no timed row");
      expect(others).toEqual([]);
      expect(row.count).toBe(2);
      expect(row.maxNs).toBeGreaterThanOrEqual(durationNs);
      expect(row.maxNs).toBeLessThan(durationNs + 0.5e9);
      expect(row.maxNs).toBeLessThanOrEqual(row.totalNs);
    }
    const [row] = hardirqs.rows;
    expect(row !== undefined && "maxNs" in row ? row.maxNs : 0).toBeWithin(50e9, 51e9);
  });

  test("the actions that every CPU runs have histograms per CPU while there is room for them", () => {
    using hardirqs = new Hardirqs({}, { irqs: 16, actions: 3, percpuActions: 2 });
    const actions = [0, 1, 2, 3].map((index) =>
      fakes.set(index, { name: `action ${index}`, flags: index === 1 ? 0 : IRQF_PERCPU }),
    );
    for (const action of actions) for (const cpu of [0, 1, 1]) hardirqs.handle(IRQ, action, IRQ_HANDLED, cpu);
    const { rows, lost } = hardirqs.tracer.snapshot();
    const shown = rows.map((row) => [row.name, row.slot, row.count, "histogram" in row ? row.histogram.count : 0]);
    expect(shown).toEqual([
      ["action 0", 0, 3, 3],
      ["action 2", 1, 3, 3],
      ["action 1", 2, 3, 3],
      ["action 3", 3, 3, 3],
    ]);
    expect(lost.tableFull).toBe(0);
  });

  test("what arm64's CPUs send each other is no device's, whatever irqs it has, and takes one row of the table", () => {
    using hardirqs = new Hardirqs({}, { ...SIZE, actions: 2 }, true);
    // With flags as interrupt controllers up to GICv3 have them, and without as GICv5 does.
    const ipis = [0, 1, 2].map((index) => fakes.set(index, { name: "IPI", flags: index === 0 ? IRQF_PERCPU : 0 }));
    const device = fakes.set(3, { name: "IPIs" });
    for (const [index, ipi] of ipis.entries()) for (const cpu of [0, 1]) hardirqs.handle(8 + index, ipi, 0, cpu);
    hardirqs.handle(IRQ, device);
    const { rows, lost } = hardirqs.tracer.snapshot();
    expect(rows).toMatchObject([{ irq: IRQ, name: "IPIs", count: 1 }]);
    expect(lost).toEqual({ unmatched: 0, tableFull: 0, recursionMisses: 0 });
  });

  test("a driver may call its handler IPI where no CPU does", () => {
    using hardirqs = new Hardirqs();
    hardirqs.handle(IRQ, fakes.set(0, { name: "IPI" }));
    hardirqs.handle(IRQ, fakes.set(1, { name: "IPI", flags: IRQF_PERCPU }));
    expect(hardirqs.rows).toMatchObject([{ name: "IPI" }, { name: "IPI" }]);
  });

  test.each([true, false])(
    "no event of a handler that two CPUs run at once is missing anywhere (per CPU: %p)",
    async (perCpu) => {
      const runs = 20_000;
      using hardirqs = new Hardirqs({ perCpu });
      const action = fakes.set(0, { name: "timer" });
      const run = [
        hardirqs.call("hardirq_entry", BigInt(IRQ), action),
        hardirqs.call("hardirq_exit", BigInt(IRQ), action, BigInt(IRQ_WAKE_THREAD)),
      ];
      await runAtOnce(new Array<Call[]>(runs).fill(run).flat(), 100);
      const { rows, lost } = hardirqs.tracer.snapshot();
      const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
      expect(rows).toHaveLength(perCpu ? 2 : 1);
      expect(sum(({ count }) => count)).toBe(2 * runs);
      expect(sum(({ wakeThread }) => wakeThread)).toBe(2 * runs);
      expect(sum((row) => ("histogram" in row ? row.histogram.count : 0))).toBe(2 * runs);
      expect(lost).toEqual({ unmatched: 0, tableFull: 0, recursionMisses: 0 });
    },
    60_000,
  );

  test("a program that is counting says so by its mark, and takes it back", async () => {
    using hardirqs = new Hardirqs();
    const action = fakes.set(0, { name: "disk" });
    const { seen, left } = await hardirqs.countMarks(0, [
      hardirqs.call("hardirq_entry", BigInt(IRQ), action),
      hardirqs.call("hardirq_exit", BigInt(IRQ), action, BigInt(IRQ_HANDLED)),
    ]);
    expect(seen).toBeGreaterThan(0);
    expect(left).toBe(0);
  }, 120_000);

  test("two CPUs that meet a new action at once give it one row, and no slot is lost", async () => {
    const [batch, batches] = [500, 40];
    using hardirqs = new Hardirqs({ measure: "count" }, { ...SIZE, actions: batch * batches });
    let met = 0;
    let races = 0;
    while (races === 0 && met < batch * batches) {
      const actions = Array.from({ length: batch }, (_, index) => nameless(met + index));
      await runAtOnce(
        actions.map((action) => hardirqs.call("hardirq_count", BigInt(IRQ), action, BigInt(IRQ_HANDLED))),
      );
      met += batch;
      const { rows, lost } = hardirqs.tracer.snapshot();
      expect(rows.length).toBe(met);
      expect(rows.every(({ count }) => count === 2)).toBe(true);
      expect(lost.tableFull).toBe(0);
      // A slot that was taken in vain goes to the end of the queue.
      races = Math.max(...rows.map(({ slot }) => slot)) + 1 - met;
    }
    expect(races).toBeGreaterThan(0);
    expect(hardirqs.countFreeSlots()).toBe(batch * batches - met);
  }, 60_000);
});
