import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { AnyCountedHardirqRow, AnyTimedHardirqRow } from "@irqtrace/hardirqs";
import type { TracerDefinition, TracerOptions } from "@irqtrace/tracer";
import { type SystemTracepoints, systemObject } from "../../packages/hardirqs/src/system-definition.ts";
import { systemTable } from "../../packages/hardirqs/src/system-table.ts";
import { countMarks } from "./count-marks.ts";
import { type DrivenTracer, driveTracer } from "./driven-tracer.ts";
import { FakeActions } from "./fake-actions.ts";

type Row = AnyCountedHardirqRow | AnyTimedHardirqRow;

const SCHEMA = "test.system/1";
/** Of every architecture at once: nothing is attached here. */
const EVERYTHING: SystemTracepoints = { vectors: ["local_timer"], hasIpis: true, hasNmis: true, absent: [] };
const [LOCAL_TIMER, RESCHEDULE, SPURIOUS] = [0xec, 0xfd, 0xff];
const [PERF, WATCHDOG] = [0xffff_ffff_8100_1000n, 0xffff_ffff_8100_2000n];

let texts: FakeActions;
let reschedule: bigint;
let work: bigint;
beforeAll(() => {
  texts = new FakeActions();
  reschedule = texts.setText(0, "Rescheduling interrupts");
  work = texts.setText(1, "IRQ work interrupts");
});
afterAll(() => texts[Symbol.dispose]());

/** The programs of the CPUs' own interrupts over events made here. */
class System implements Disposable {
  readonly #driven: DrivenTracer<Row>;
  readonly #isTimed: boolean;

  constructor(options: TracerOptions & { readonly exclusive?: boolean } = {}, present = EVERYTHING) {
    this.#isTimed = options.measure !== "count";
    const places = new Map<string, number>();
    const definition: TracerDefinition<Row> = {
      schema: SCHEMA,
      exclusive: options.exclusive ?? false,
      objects: [systemObject(options, present)],
      decode: (raw) => [systemTable(raw, SCHEMA, places)],
    };
    this.#driven = driveTracer(definition, options);
  }

  get tracer(): DrivenTracer<Row>["tracer"] {
    return this.#driven.tracer;
  }

  /** By name, in the order of the table. */
  get counts(): readonly (readonly [string, number])[] {
    return this.tracer.snapshot().rows.map(({ name, count }) => [name, count]);
  }

  timed(name: string): AnyTimedHardirqRow {
    const row = this.tracer.snapshot().rows.find((one) => one.name === name);
    if (row === undefined || !("totalNs" in row)) throw new Error(`There is no timed row ${name}.`);
    return row;
  }

  run(program: string, argument: bigint, cpu?: number): void {
    this.#driven.run(program, [argument], cpu);
  }

  handle(kind: "vector" | "ipi", argument: bigint, cpu?: number, during?: () => void): void {
    if (this.#isTimed) {
      this.run(`${kind}_entry`, argument, cpu);
      during?.();
      this.run(`${kind}_exit`, argument, cpu);
    } else {
      this.run(`${kind}_count`, argument, cpu);
    }
  }

  vector(vector: number, cpu?: number): void {
    this.handle("vector", BigInt(vector), cpu);
  }

  nmi(handler: bigint, durationNs: bigint, cpu?: number): void {
    const program = this.#isTimed ? "nmi" : "nmi_count";
    this.#driven.run(program, [handler, BigInt.asUintN(64, durationNs), 1n], cpu);
  }

  countMarks(vector: number): ReturnType<typeof countMarks> {
    const object = this.#driven.object("system");
    const calls = ["vector_entry_raw_tp", "vector_exit_raw_tp"].map((name) => ({
      programFd: object.program(name).fd,
      tracepointArguments: [BigInt(vector)],
    }));
    return countMarks(object.map("sources"), 0, calls);
  }

  [Symbol.dispose](): void {
    this.#driven[Symbol.dispose]();
  }
}

describe.each(["time", "count"] as const)("the CPUs' own interrupts, measuring %s", (measure) => {
  test("are told by vector, by what an IPI is for, and by an NMI's handler", () => {
    using system = new System({ measure });
    system.vector(RESCHEDULE);
    system.vector(LOCAL_TIMER);
    system.vector(RESCHEDULE, 1);
    system.handle("ipi", work);
    system.handle("ipi", reschedule);
    system.handle("ipi", work);
    system.nmi(PERF, 100n);
    expect(system.counts).toEqual([
      ["local_timer", 1],
      ["reschedule", 2],
      ["IRQ work interrupts", 2],
      ["Rescheduling interrupts", 1],
      ["0xffffffff81001000", 1],
    ]);
    expect(system.tracer.snapshot().rows.map((row) => row.class)).toEqual(["vector", "vector", "ipi", "ipi", "nmi"]);
  });

  test("are spurious with every number that no other vector has", () => {
    using system = new System({ measure });
    for (const vector of [SPURIOUS, 0x31, 0xf5]) system.vector(vector);
    expect(system.tracer.snapshot().rows).toMatchObject([{ name: "spurious_apic", vector: SPURIOUS, count: 3 }]);
  });

  test("are one row on all CPUs, in whatever order each met them", () => {
    using system = new System({ measure });
    for (const [cpu, order] of [
      [PERF, WATCHDOG],
      [WATCHDOG, PERF],
    ].entries())
      for (const handler of order) system.nmi(handler, 10n, cpu);
    system.handle("ipi", work, 1);
    system.handle("ipi", reschedule, 1);
    system.handle("ipi", reschedule, 0);
    expect(system.counts.map(([, count]) => count).toSorted()).toEqual([1, 2, 2, 2]);
  });

  test("keep their rows from reading to reading, also when a CPU meets another one", async () => {
    using system = new System({ measure });
    system.nmi(PERF, 10n, 1);
    const seen: unknown[] = [];
    const intervals = system.tracer.intervals({ everyMs: 10, count: 3 })[Symbol.asyncIterator]();
    const next = async (during: () => void): Promise<void> => {
      const pending = intervals.next();
      during();
      const { value } = await pending;
      seen.push(value?.rows.map((row: Row) => [row.name, row.count]));
    };
    await next(() => {
      system.nmi(WATCHDOG, 10n, 0);
      system.nmi(PERF, 10n, 1);
    });
    await next(() => system.nmi(PERF, 10n, 0));
    await next(() => system.nmi(WATCHDOG, 10n, 1));
    const [perf, watchdog] = ["0xffffffff81001000", "0xffffffff81002000"];
    expect(seen).toEqual([
      [
        [perf, 1],
        [watchdog, 1],
      ],
      [[perf, 1]],
      [[watchdog, 1]],
    ]);
  });

  test("are a row on each CPU when asked for", () => {
    using system = new System({ measure, perCpu: true });
    system.vector(LOCAL_TIMER, 0);
    system.vector(LOCAL_TIMER, 1);
    system.vector(LOCAL_TIMER, 1);
    expect(system.tracer.snapshot().rows).toMatchObject([
      { name: "local_timer", cpu: 0, count: 1 },
      { name: "local_timer", cpu: 1, count: 2 },
    ]);
  });

  test("are measured only on the CPUs asked for, and what was left out is not lost", () => {
    using system = new System({ measure, cpus: [1] });
    for (const cpu of [0, 1]) {
      system.vector(LOCAL_TIMER, cpu);
      system.handle("ipi", work, cpu);
      system.nmi(PERF, 10n, cpu);
    }
    expect(system.counts.map(([, count]) => count)).toEqual([1, 1, 1]);
    expect(system.tracer.snapshot().lost).toMatchObject({ tableFull: 0 });
  });

  test("that find no room are counted as lost", () => {
    using system = new System({ measure });
    for (let handler = 1n; handler <= 18n; handler++) system.nmi(handler, 10n);
    const { rows, lost } = system.tracer.snapshot();
    expect([rows.length, lost.tableFull]).toEqual([16, 2]);
  });
});

describe("the times of the CPUs' own interrupts", () => {
  test("are those from entry to exit, and an NMI handler's what the kernel says", () => {
    using system = new System();
    system.vector(LOCAL_TIMER);
    for (const durationNs of [3_000n, 1_000n]) system.nmi(PERF, durationNs);
    const [timer, nmi] = [system.timed("local_timer"), system.timed("0xffffffff81001000")];
    expect(timer.totalNs).toBeGreaterThan(0);
    expect(timer).toMatchObject({ count: 1, maxNs: timer.totalNs, avgNs: timer.totalNs });
    expect(nmi).toMatchObject({ count: 2, totalNs: 4_000, maxNs: 3_000 });
    expect(nmi.histogram.count).toBe(2);
  });

  test("of an NMI are 0 where the kernel's clock stepped back", () => {
    using system = new System();
    system.nmi(PERF, -5n);
    expect(system.timed("0xffffffff81001000")).toMatchObject({ count: 1, totalNs: 0 });
  });

  test("need an entry: an exit without one is unmatched, also the second after one entry", () => {
    using system = new System();
    system.run("vector_exit", BigInt(LOCAL_TIMER));
    system.vector(LOCAL_TIMER);
    system.run("vector_exit", BigInt(LOCAL_TIMER));
    system.run("ipi_exit", work);
    expect(system.counts).toEqual([["local_timer", 1]]);
    expect(system.tracer.snapshot().lost.unmatched).toBe(3);
  });

  test("are exclusive when asked for: an NMI takes from what it interrupts, and nothing from itself", () => {
    using system = new System({ exclusive: true });
    system.handle("vector", BigInt(LOCAL_TIMER), 0, () => system.nmi(PERF, 7n));
    system.handle("ipi", work);
    const timer = system.timed("local_timer");
    expect(timer.totalNs - (timer.selfNs ?? 0)).toBe(7);
    const [nmi, ipi] = [system.timed("0xffffffff81001000"), system.timed("IRQ work interrupts")];
    expect(nmi.selfNs).toBe(nmi.totalNs);
    expect(ipi.selfNs).toBe(ipi.totalNs);
  });

  test("a cell that is being written says so by its mark, and no mark is left", async () => {
    using system = new System();
    const { seen, left } = await system.countMarks(LOCAL_TIMER);
    expect(seen).toBeGreaterThan(0);
    expect(left).toBe(0);
  }, 120_000);
});
