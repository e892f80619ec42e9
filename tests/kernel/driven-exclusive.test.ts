import { afterAll, beforeAll, expect, test } from "bun:test";
import type { TimedHardirqRow } from "@irqtrace/hardirqs";
import type { TimedSoftirqRow } from "@irqtrace/softirqs";
import type { TracerDefinition } from "@irqtrace/tracer";
import { hardirqObject } from "../../packages/hardirqs/src/definition.ts";
import { hardirqTable } from "../../packages/hardirqs/src/table.ts";
import { softirqObject } from "../../packages/softirqs/src/definition.ts";
import { softirqTable } from "../../packages/softirqs/src/table.ts";
import { type DrivenTracer, driveTracer } from "./driven-tracer.ts";
import { FakeActions } from "./fake-actions.ts";

type Row = TimedHardirqRow | TimedSoftirqRow;

const SCHEMA = "test.exclusive/1";
const NET_RX = 3;
const [OUTER, INNER] = [7, 8];
const HANDLED = 1n;
const SIZE = { irqs: 16, actions: 4, percpuActions: 0 };

const isTimed = (row: object): row is Row => "totalNs" in row;

const definition: TracerDefinition<Row> = {
  schema: SCHEMA,
  exclusive: true,
  objects: [hardirqObject({ exclusive: true }, SIZE), softirqObject({ exclusive: true }, false)],
  decode: (raw) =>
    [hardirqTable(raw, SCHEMA), softirqTable(raw, SCHEMA)].map((table) => ({
      ...table,
      row: (...cell) => {
        const row = table.row(...cell);
        if (!isTimed(row)) throw new Error("The rows are not timed.");
        return row;
      },
    })),
};

let fakes: FakeActions;
let disk: bigint;
beforeAll(() => {
  fakes = new FakeActions();
  disk = fakes.set(0, { name: "disk" });
});
afterAll(() => fakes[Symbol.dispose]());

/** Hardirqs and softirqs over events made here, with exclusive times. */
class Interrupts implements Disposable {
  readonly #driven: DrivenTracer<Row> = driveTracer(definition);

  enter(irq: number): void {
    this.#driven.run("hardirq_entry", [BigInt(irq), disk]);
  }

  exit(irq: number): void {
    this.#driven.run("hardirq_exit", [BigInt(irq), disk, HANDLED]);
  }

  softirq(during: () => void): void {
    this.#driven.run("softirq_entry", [BigInt(NET_RX)]);
    during();
    this.#driven.run("softirq_exit", [BigInt(NET_RX)]);
  }

  /** What NMIs took on CPU 0. */
  addNmi(ns: number): void {
    const map = this.#driven.object("hardirqs").map("interrupt_times");
    const times: unknown = map.get(0);
    if (!isTimesPerCpu(times)) throw new Error("The accumulators have another shape.");
    map.set(0, times.map((one, cpu) => (cpu === 0 ? { ...one, nmi_ns: one.nmi_ns + ns } : one)) as never);
  }

  times(name: string, irq?: number): { totalNs: number; selfNs: number } {
    const row = this.#driven.tracer
      .snapshot()
      .rows.find((one) => one.name === name && (irq === undefined || ("irq" in one && one.irq === irq)));
    if (row?.selfNs === undefined) throw new Error(`No row of ${name} has exclusive times.`);
    return { totalNs: row.totalNs, selfNs: row.selfNs };
  }

  [Symbol.dispose](): void {
    this.#driven[Symbol.dispose]();
  }
}

const isTimesPerCpu = (value: unknown): value is { hard_ns: number; nmi_ns: number }[] => Array.isArray(value);

test("a handler that nothing interrupts has all of its time for itself", () => {
  using interrupts = new Interrupts();
  interrupts.enter(OUTER);
  interrupts.exit(OUTER);
  const { totalNs, selfNs } = interrupts.times("disk");
  expect(totalNs).toBeGreaterThan(0);
  expect(selfNs).toBe(totalNs);
});

test("a softirq's own time is its whole time less that of the hardirqs in it", () => {
  using interrupts = new Interrupts();
  interrupts.softirq(() => {
    for (const irq of [OUTER, INNER, OUTER]) {
      interrupts.enter(irq);
      interrupts.exit(irq);
    }
  });
  const softirq = interrupts.times("net_rx");
  const hardirqsNs = interrupts.times("disk", OUTER).totalNs + interrupts.times("disk", INNER).totalNs;
  expect(softirq.totalNs - softirq.selfNs).toBe(hardirqsNs);
});

test("a handler that another nests in is not charged twice to the softirq below", () => {
  using interrupts = new Interrupts();
  interrupts.softirq(() => {
    interrupts.enter(OUTER);
    interrupts.enter(INNER);
    interrupts.exit(INNER);
    interrupts.exit(OUTER);
  });
  const [softirq, outer, inner] = [
    interrupts.times("net_rx"),
    interrupts.times("disk", OUTER),
    interrupts.times("disk", INNER),
  ];
  expect(outer.totalNs - outer.selfNs).toBe(inner.totalNs);
  expect(inner.selfNs).toBe(inner.totalNs);
  expect(softirq.totalNs - softirq.selfNs).toBe(outer.totalNs);
});

test("an NMI takes from the handler and from the softirq below it, once from each", () => {
  using interrupts = new Interrupts();
  const nmiNs = 7;
  interrupts.softirq(() => {
    interrupts.enter(OUTER);
    interrupts.addNmi(nmiNs);
    interrupts.exit(OUTER);
  });
  const [softirq, outer] = [interrupts.times("net_rx"), interrupts.times("disk")];
  expect(outer.totalNs - outer.selfNs).toBe(nmiNs);
  expect(softirq.totalNs - softirq.selfNs).toBe(outer.totalNs);
});

test("a handler whose exit never came leaves out its own time, and takes nobody's", () => {
  using interrupts = new Interrupts();
  interrupts.enter(INNER);
  interrupts.softirq(() => {
    interrupts.enter(OUTER);
    interrupts.exit(OUTER);
  });
  interrupts.enter(INNER);
  interrupts.exit(INNER);
  const [softirq, inner] = [interrupts.times("net_rx"), interrupts.times("disk", INNER)];
  expect(softirq.totalNs - softirq.selfNs).toBe(interrupts.times("disk", OUTER).totalNs);
  expect(inner.selfNs).toBe(inner.totalNs);
});

test("a start that is later than the end, as another task's on PREEMPT_RT can be, takes nothing", () => {
  using interrupts = new Interrupts();
  interrupts.addNmi(9);
  interrupts.softirq(() => interrupts.addNmi(-4));
  const { totalNs, selfNs } = interrupts.times("net_rx");
  expect(totalNs).toBeGreaterThan(0);
  expect(selfNs).toBe(totalNs);
});
