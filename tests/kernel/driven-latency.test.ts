import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { codec, type Value } from "@irqtrace/decode";
import { possibleCpus } from "@irqtrace/loader";
import {
  type CountedSoftirqRow,
  decodeSoftirqs,
  difference,
  type SoftirqOptions,
  type SoftirqPlaces,
  type TimedSoftirqRow,
} from "@irqtrace/softirqs";
import { type SoftirqMachine, softirqDefinition } from "../../packages/softirqs/src/definition.ts";
import type { CodeRange } from "../../packages/softirqs/src/kernel-code.ts";
import { countMarks } from "./count-marks.ts";
import { type DrivenTracer, driveTracer, kernelNowNs } from "./driven-tracer.ts";
import { pinToCpu } from "./pin-to-cpu.ts";

type Row = CountedSoftirqRow | TimedSoftirqRow;
type Latency = Value<typeof latencyLayout>;

const [NET_RX, RCU, NO_VECTOR] = [3, 9, 10] as const;
const MS = 1e6;
/** Longer than a busy machine holds a test up, and less than an emulated one has been running. */
const LONG_AGO_NS = 4e9;
const latencyLayout = layouts.maps.latencies.value;
const zeroLatency: Latency = codec(latencyLayout).decode(new DataView(new ArrayBuffer(latencyLayout.size)));

const SYSTEM_CALL = process.arch === "arm64" ? "__arm64_sys_bpf" : "__x64_sys_bpf";

/** Threads that this process is not. */
const OTHERS = { ksoftirqd: 0x7fff_fff0, ktimers: 0x7fff_fff1 };

const machineWith = (changes: Partial<SoftirqMachine> = {}): SoftirqMachine => ({
  code: () => null,
  threads: (cpus) => cpus.map(() => OTHERS),
  ...changes,
});

/** Raises and runs of softirqs that are made here. */
class Raises implements Disposable {
  readonly #driven: DrivenTracer<Row>;

  constructor(options: SoftirqOptions = {}, machine: SoftirqMachine = machineWith(), isPreemptRt = false) {
    this.#driven = driveTracer(
      softirqDefinition({ ...options, latency: true }, isPreemptRt, undefined, machine),
      options,
    );
  }

  get tracer(): DrivenTracer<Row>["tracer"] {
    return this.#driven.tracer;
  }

  raise(vector: number, cpu?: number): void {
    this.#driven.run("softirq_raise", [BigInt(vector)], cpu);
  }

  enter(vector: number, cpu?: number): void {
    this.#driven.run("softirq_wait", [BigInt(vector)], cpu);
  }

  exit(vector: number, cpu?: number): void {
    this.#driven.run("softirq_exit", [BigInt(vector)], cpu);
  }

  run(vector: number, cpu?: number): void {
    this.enter(vector, cpu);
    this.exit(vector, cpu);
  }

  /** Raises a vector on CPU 0 so long ago. */
  raiseBefore(vector: number, ns: number): void {
    const raised = { ...zeroLatency, raise_ns: kernelNowNs() - ns };
    this.#latencies.set(
      vector,
      possibleCpus().map((cpu) => (cpu === 0 ? raised : zeroLatency)),
    );
  }

  /** Whether a raise of the vector is remembered on CPU 0. */
  isRaised(vector: number): boolean {
    const values: unknown = this.#latencies.get(vector);
    if (!Array.isArray(values)) throw new Error("The map is not one of values per CPU.");
    return values[0].raise_ns !== 0;
  }

  /** The vector's row since the start. */
  row(vector: number): Waiting {
    return waiting(this.tracer.snapshot().rows.find((row) => row.vector === vector));
  }

  /** Raises and runs the vector on two CPUs for a while, and looks for its mark. */
  countMarks(vector: number): ReturnType<typeof countMarks> {
    const object = this.#driven.object("softirqs");
    const calls = ["softirq_raise_raw_tp", "softirq_wait_raw_tp"].map((name) => ({
      programFd: object.program(name).fd,
      tracepointArguments: [BigInt(vector)],
    }));
    return countMarks(object.map("latencies"), vector, calls);
  }

  get #latencies(): ReturnType<ReturnType<DrivenTracer<Row>["object"]>["map"]> {
    return this.#driven.object("softirqs").map("latencies");
  }

  [Symbol.dispose](): void {
    this.#driven[Symbol.dispose]();
  }
}

type Waiting = TimedSoftirqRow & Required<Pick<TimedSoftirqRow, "latency" | "unmatchedRaise" | "places">>;

function waiting(row: Row | undefined): Waiting {
  if (row === undefined || !("totalNs" in row)) throw new Error("There is no row with times.");
  const { latency, unmatchedRaise, places } = row;
  if (latency === undefined || unmatchedRaise === undefined || places === undefined)
    throw new Error("The row does not say how long its runs waited.");
  return { ...row, latency, unmatchedRaise, places };
}

const NOWHERE: SoftirqPlaces = { ksoftirqd: 0, ktimers: 0, inline: 0, unknown: 0 };

describe("the latency of a softirq", () => {
  test("is the time from its raise to its run", () => {
    using raises = new Raises();
    raises.raise(NET_RX);
    raises.run(NET_RX);
    raises.raiseBefore(RCU, 40 * MS);
    raises.run(RCU);
    expect(raises.row(NET_RX)).toMatchObject({ count: 1, latency: { count: 1 }, unmatchedRaise: 0 });
    const { latency } = raises.row(RCU);
    expect(latency.maxNs).toBeWithin(40 * MS, LONG_AGO_NS);
    expect(latency.totalNs).toBe(latency.maxNs);
    expect(latency.histogram.count).toBe(1);
  });

  test("begins with the first of several raises, and a raise while the handler runs is the next run's", () => {
    using raises = new Raises();
    raises.raiseBefore(NET_RX, LONG_AGO_NS);
    raises.raise(NET_RX);
    raises.enter(NET_RX);
    raises.raise(NET_RX);
    raises.exit(NET_RX);
    const first = raises.row(NET_RX).latency;
    expect(first.maxNs).toBeGreaterThanOrEqual(LONG_AGO_NS);
    raises.run(NET_RX);
    const { latency, unmatchedRaise } = raises.row(NET_RX);
    expect(latency.count).toBe(2);
    expect(latency.totalNs - first.totalNs).toBeLessThan(LONG_AGO_NS);
    expect(unmatchedRaise).toBe(0);
  });

  test("is not told of a run without a remembered raise, which is counted", () => {
    using raises = new Raises();
    raises.run(NET_RX);
    raises.raise(NET_RX);
    raises.run(NET_RX);
    raises.run(NET_RX);
    const { count, latency, unmatchedRaise } = raises.row(NET_RX);
    expect({ count, unmatchedRaise, timed: latency.count }).toEqual({ count: 3, unmatchedRaise: 2, timed: 1 });
    expect(latency.histogram.count).toBe(1);
  });

  test("is nobody else's: neither another vector's nor another CPU's", () => {
    using raises = new Raises({ perCpu: true });
    raises.raise(NET_RX, 0);
    raises.run(RCU, 0);
    raises.run(NET_RX, 1);
    raises.run(NET_RX, 0);
    const told = raises.tracer.snapshot().rows.map((row) => {
      const { name, cpu, latency, unmatchedRaise } = waiting(row);
      return [name, cpu, latency.count, unmatchedRaise];
    });
    expect(told).toEqual([
      ["net_rx", 0, 1, 0],
      ["net_rx", 1, 0, 1],
      ["rcu", 0, 0, 1],
    ]);
  });

  test("is 0 when the clock steps back", () => {
    using raises = new Raises();
    raises.raiseBefore(NET_RX, -1_000 * MS);
    raises.run(NET_RX);
    expect(raises.row(NET_RX).latency).toMatchObject({ count: 1, totalNs: 0, maxNs: 0 });
  });

  test("of a run that is filtered out is in no row, and its raise is not left to another run", () => {
    using raises = new Raises({ cpus: [1] });
    raises.raise(NET_RX, 0);
    expect(raises.isRaised(NET_RX)).toBe(true);
    raises.run(NET_RX, 0);
    expect(raises.isRaised(NET_RX)).toBe(false);
    expect(raises.tracer.snapshot()).toMatchObject({ rows: [], lost: { unmatched: 0, tableFull: 0 } });
  });

  test("of a vector that nobody knows is lost with the run", () => {
    using raises = new Raises();
    raises.raise(NO_VECTOR);
    raises.run(NO_VECTOR);
    expect(raises.tracer.snapshot()).toMatchObject({ rows: [], lost: { tableFull: 1 } });
  });

  test("is counted alike on a PREEMPT_RT kernel", () => {
    using raises = new Raises({}, machineWith(), true);
    raises.raise(NET_RX);
    raises.enter(NET_RX);
    raises.enter(NET_RX);
    expect(raises.row(NET_RX)).toMatchObject({ count: 0, latency: { count: 1 }, unmatchedRaise: 1 });
  });
});

describe("latencies over time:", () => {
  test("a run that has begun is in the interval of its beginning, and its time in that of its end", async () => {
    using raises = new Raises();
    const intervals = raises.tracer.intervals({ everyMs: 10, count: 3 })[Symbol.asyncIterator]();
    const next = async (): Promise<Waiting | undefined> => {
      const [row] = (await intervals.next()).value?.rows ?? [];
      return row === undefined ? undefined : waiting(row);
    };
    let ended = next();
    raises.raiseBefore(NET_RX, 20 * MS);
    raises.enter(NET_RX);
    const began = await ended;
    expect(began).toMatchObject({ count: 0, totalNs: 0, p99Ns: 0, latency: { count: 1 } });
    expect(began?.latency.maxNs).toBeGreaterThanOrEqual(20 * MS);
    ended = next();
    raises.exit(NET_RX);
    const over = await ended;
    expect(over).toMatchObject({ count: 1, latency: { count: 0, totalNs: 0, maxNs: 0, p50Ns: 0 }, places: NOWHERE });
    expect(await next()).toBeUndefined();
  });

  test("the difference of two snapshots has what came between them", () => {
    using raises = new Raises();
    raises.raiseBefore(NET_RX, LONG_AGO_NS);
    raises.run(NET_RX);
    const earlier = raises.tracer.snapshot();
    raises.raise(NET_RX);
    raises.run(NET_RX);
    raises.run(NET_RX);
    raises.enter(RCU);
    const { rows } = difference(raises.tracer.snapshot(), earlier);
    const [netRx, rcu] = rows.map((row) => waiting(row));
    expect(netRx).toMatchObject({ count: 2, latency: { count: 1 }, unmatchedRaise: 1, places: { inline: 2 } });
    expect(netRx?.latency.maxNs).toBeLessThan(LONG_AGO_NS);
    expect(rcu).toMatchObject({ vector: RCU, count: 0, totalNs: 0, latency: { count: 0 }, unmatchedRaise: 1 });
    const last = raises.tracer.snapshot();
    expect(difference(raises.tracer.snapshot(), last).rows).toEqual([]);
  });

  test("what capture() gave decodes to the same rows", () => {
    using raises = new Raises();
    raises.raise(NET_RX);
    raises.run(NET_RX);
    const raw = structuredClone(raises.tracer.capture());
    expect(decodeSoftirqs(raw).rows).toEqual([...raises.tracer.snapshot().rows]);
  });
});

describe("the place of a run", () => {
  const thisThread = { ksoftirqd: process.pid, ktimers: 0 };
  const placesOn = (threads: { readonly ksoftirqd: number; readonly ktimers: number }): SoftirqPlaces => {
    using _pinned = pinToCpu(0);
    using raises = new Raises({}, machineWith({ threads: (cpus) => cpus.map(() => threads) }));
    raises.raise(NET_RX);
    raises.run(NET_RX);
    raises.run(NET_RX);
    return raises.row(NET_RX).places;
  };

  test("is ksoftirqd or ktimers when that is the thread which runs, with a raise or without", () => {
    expect(placesOn(thisThread)).toEqual({ ...NOWHERE, ksoftirqd: 2 });
    expect(placesOn({ ...OTHERS, ktimers: process.pid })).toEqual({ ...NOWHERE, ktimers: 2 });
  });

  test("is inline when it is neither, and unknown on a CPU whose threads are not known", () => {
    expect(placesOn(OTHERS)).toEqual({ ...NOWHERE, inline: 2 });
    expect(placesOn({ ksoftirqd: 0, ktimers: 0 })).toEqual({ ...NOWHERE, unknown: 2 });
  });

  test("is told by the innermost known function of the stack when that is asked for", () => {
    const [inner, outer] = [rangeOf("bpf_prog_test_run_raw_tp"), rangeOf(SYSTEM_CALL)];
    const placesWith = (interruptExit: CodeRange, bhEnable: CodeRange, threads = OTHERS): SoftirqPlaces => {
      using _pinned = pinToCpu(0);
      const code = () => ({ interruptExit: [{ start: 1, end: 2 }, interruptExit], bhEnable: [bhEnable] });
      using raises = new Raises({ places: "stack" }, machineWith({ code, threads: (cpus) => cpus.map(() => threads) }));
      raises.run(NET_RX);
      return raises.row(NET_RX).places;
    };
    const nowhere = { ksoftirqd: 0, ktimers: 0, interruptExit: 0, bhEnable: 0, unknown: 0 };
    const elsewhere = { start: -10, end: -5 };
    expect(placesWith(inner, outer)).toEqual({ ...nowhere, interruptExit: 1 });
    expect(placesWith(outer, inner)).toEqual({ ...nowhere, bhEnable: 1 });
    expect(placesWith(elsewhere, outer)).toEqual({ ...nowhere, bhEnable: 1 });
    expect(placesWith(elsewhere, elsewhere)).toEqual({ ...nowhere, unknown: 1 });
    expect(placesWith(inner, outer, thisThread)).toEqual({ ...nowhere, ksoftirqd: 1 });
  });

  test("is told by the thread alone, and said to be, where the kernel hides its addresses", () => {
    const options: SoftirqOptions = { latency: true, places: "stack" };
    const definition = softirqDefinition(options, false, undefined, machineWith({ code: () => null }));
    expect(definition.notes?.join()).toContain("CAP_SYSLOG");
    using driven = driveTracer(definition, options);
    driven.run("softirq_wait", [BigInt(NET_RX)]);
    expect(waiting(driven.tracer.snapshot().rows[0]).places).toEqual({ ...NOWHERE, inline: 1 });
  });
});

test("a program that counts a wait says so by its mark, and takes it back", async () => {
  using raises = new Raises();
  const { seen, left } = await raises.countMarks(NET_RX);
  expect(seen).toBeGreaterThan(0);
  expect(left).toBe(0);
}, 120_000);

/** Where a function of this kernel lies. */
function rangeOf(name: string): CodeRange {
  const lines = readFileSync("/proc/kallsyms", "latin1").split("\n");
  const addressAt = (line: number): number => Number(BigInt.asIntN(64, BigInt(`0x${lines[line]?.split(" ")[0]}`)));
  const line = lines.findIndex((text) => text.endsWith(` ${name}`));
  if (line < 0) throw new Error(`This kernel has no function ${name}.`);
  return { start: addressAt(line), end: addressAt(line + 1) };
}
