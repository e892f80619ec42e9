import { describe, expect, test } from "bun:test";
import { hardirqsObject } from "@irqtrace/bpf-objects/hardirqs";
import { decodeHardirqs, traceHardirqs } from "@irqtrace/hardirqs";
import { LayoutMismatchError, openObject } from "@irqtrace/loader";
import { decodeSoftirqs, difference, type TimedSoftirqRow, traceSoftirqs } from "@irqtrace/softirqs";
import { createTracer } from "@irqtrace/tracer";
import { softirqDefinition } from "../../packages/softirqs/src/definition.ts";
import { sendUdp } from "./load/loads.ts";

/** What JavaScript callers can pass although the types forbid it. */
const wrong = (value: unknown): never => value as never;

/** Programs that this process holds, by the kernel's own list. */
function ownPrograms(): number {
  const listed: unknown = JSON.parse(Bun.spawnSync(["bpftool", "--json", "prog", "show"]).stdout.toString());
  if (!Array.isArray(listed)) throw new Error("bpftool gave no list of programs.");
  return listed.filter(({ pids }) => pids?.some(({ pid }: { pid: number }) => pid === process.pid)).length;
}

describe("a wrong call throws an error that names the option and what is allowed, and loads nothing", () => {
  const calls: readonly (readonly [what: string, call: () => unknown, error: typeof Error, text: string])[] = [
    ["measure", () => traceSoftirqs({ measure: wrong("times") }), RangeError, '"time" or "count"'],
    ["measure", () => traceSoftirqs({ measure: wrong(1) }), TypeError, '"time" or "count"'],
    ["flavour", () => traceHardirqs({ flavour: wrong("kprobe") }), RangeError, '"tp_btf" or "raw_tp"'],
    ["perCpu", () => traceHardirqs({ perCpu: wrong("yes") }), TypeError, "true or false"],
    ["cpus", () => traceHardirqs({ cpus: [] }), RangeError, "at least one CPU"],
    ["cpus", () => traceHardirqs({ cpus: wrong("0-3") }), TypeError, "an array of CPU numbers"],
    ["cpus", () => traceHardirqs({ cpus: [-1] }), TypeError, "whole numbers from 0"],
    ["cpus", () => traceSoftirqs({ cpus: [1.5] }), TypeError, "whole numbers from 0"],
    ["CPU 8191", () => traceSoftirqs({ cpus: [8191] }), RangeError, "Possible: 0"],
    ["cgroup", () => traceSoftirqs({ cgroup: "" }), TypeError, "a path"],
    ["cgroup", () => traceSoftirqs({ cgroup: "/no/such/group" }), RangeError, "there is no such cgroup v2"],
    ["cgroup", () => traceSoftirqs({ cgroup: "/etc" }), RangeError, "there is no such cgroup v2"],
    ["cost", () => traceSoftirqs({ cost: wrong(1) }), TypeError, "true or false"],
    ["log", () => traceSoftirqs({ log: wrong("stderr") }), TypeError, "a function"],
    ["tableEntries", () => traceHardirqs({ tableEntries: 0 }), RangeError, "from 1 to"],
    ["tableEntries", () => traceHardirqs({ tableEntries: Number.NaN }), RangeError, "from 1 to"],
  ];

  test.each(calls)("%s (%#)", (what, call, error, text) => {
    const before = ownPrograms();
    expect(call).toThrow(error);
    expect(call).toThrow(text);
    expect(call).toThrow(what);
    expect(ownPrograms()).toBe(before);
  });
});

describe("a wrong call of a running tracer", () => {
  const calls = [
    [{ everyMs: 9 }, "everyMs"],
    [{ everyMs: Number.NaN }, "everyMs"],
    [{ everyMs: wrong("100") }, "everyMs"],
    [{ everyMs: 100, count: 0 }, "count"],
    [{ everyMs: 100, count: 1.5 }, "count"],
    [{ everyMs: 100, signal: wrong({}) }, "signal"],
  ] as const;

  test.each(calls)("throws at once for %j", (options, name) => {
    using tracer = traceSoftirqs({ measure: "count" });
    expect(() => tracer.intervals(options)).toThrow(`Cannot use the option "${name}"`);
    expect(tracer.snapshot().rows).toBeArray();
  });

  test("throws for a second iteration while one is running, which goes on", async () => {
    using tracer = traceSoftirqs();
    let intervals = 0;
    for await (const _ of tracer.intervals({ everyMs: 10, count: 3 })) {
      expect(() => tracer.intervals({ everyMs: 10 })).toThrow("Cannot start a second iteration");
      intervals++;
    }
    expect(intervals).toBe(3);
    for await (const _ of tracer.intervals({ everyMs: 10, count: 1 })) intervals++;
    expect(intervals).toBe(4);
  });

  test("throws after disposal, which may be repeated", () => {
    const tracer = traceSoftirqs();
    tracer[Symbol.dispose]();
    tracer[Symbol.dispose]();
    expect(ownPrograms()).toBe(0);
    expect(() => tracer.snapshot()).toThrow("disposed of");
    expect(() => tracer.capture()).toThrow("disposed of");
    expect(() => tracer.intervals({ everyMs: 10 })).toThrow("disposed of");
  });
});

describe("intervals", () => {
  test("yield what there is so far when aborted, and end", async () => {
    using tracer = traceSoftirqs();
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    const lengthsMs: number[] = [];
    for await (const { intervalNs } of tracer.intervals({ everyMs: 60_000, signal: abort.signal })) {
      lengthsMs.push(intervalNs / 1e6);
    }
    expect(lengthsMs).toHaveLength(1);
    expect(lengthsMs[0]).toBeWithin(90, 1_000);
  });

  test("yield what happened while the reader was busy, when aborted meanwhile", async () => {
    using tracer = traceSoftirqs({ measure: "count" });
    const abort = new AbortController();
    let events = 0;
    for await (const { rows } of tracer.intervals({ everyMs: 10, signal: abort.signal })) {
      if (!abort.signal.aborted) {
        await sendUdp(1_000);
        abort.abort();
      } else {
        events += rows.reduce((sum, row) => sum + row.count, 0);
      }
    }
    expect(events).toBeGreaterThan(1_000);
  });

  test("end without a yield when the tracer is disposed of", async () => {
    const tracer = traceSoftirqs();
    setTimeout(() => tracer[Symbol.dispose](), 50);
    for await (const _ of tracer.intervals({ everyMs: 60_000 })) throw new Error("nothing was asked for yet");
  });

  test("may be asked for an iterator that never runs, and started after it", async () => {
    using tracer = traceSoftirqs();
    const [first, second] = [0, 1].map(() => tracer.intervals({ everyMs: 10, count: 1 })[Symbol.asyncIterator]());
    await first?.return?.();
    expect((await second?.next())?.value?.intervalNs).toBeWithin(10e6, 1e9);
    expect((await second?.next())?.done).toBe(true);
    for await (const _ of tracer.intervals({ everyMs: 10, count: 1 }));
  });

  test("can be left early and started again", async () => {
    using tracer = traceSoftirqs();
    for await (const _ of tracer.intervals({ everyMs: 10 })) break;
    for await (const { intervalNs } of tracer.intervals({ everyMs: 10, count: 1 }))
      expect(intervalNs).toBeLessThan(1e9);
  });
});

describe("the cost of a tracer's programs", () => {
  test("is told when asked for, in snapshots, intervals and what is decoded elsewhere", async () => {
    using tracer = traceSoftirqs({ cost: true });
    const load = sendUdp(20_000);
    let runs = 0;
    for await (const { cost, intervalNs } of tracer.intervals({ everyMs: 100, count: 3 })) {
      runs += cost?.runCount ?? 0;
      expect(cost?.runTimeNs).toBeWithin(0, 2 * intervalNs);
    }
    await load;
    expect(runs).toBeGreaterThan(0);
    const snapshot = tracer.snapshot();
    const events = snapshot.rows.reduce((sum, row) => sum + row.count, 0);
    // An entry and an exit each; they are read a little after the rows.
    expect(snapshot.cost?.runCount).toBeWithin(Math.max(runs, 2 * events - 4), 2 * events + 2_000);
    expect(snapshot.cost?.runTimeNs).toBeGreaterThan(50 * events);
    const raw = structuredClone(tracer.capture());
    expect(decodeSoftirqs(raw).cost).toEqual(raw.cost);
    expect(raw.cost?.runCount).toBeGreaterThanOrEqual(snapshot.cost?.runCount ?? Number.POSITIVE_INFINITY);
  });

  test("is not measured, nor told, unless asked for", async () => {
    using tracer = traceSoftirqs();
    for await (const interval of tracer.intervals({ everyMs: 20, count: 1 })) expect("cost" in interval).toBe(false);
    expect("cost" in tracer.snapshot()).toBe(false);
    expect("cost" in tracer.capture()).toBe(false);
  });
});

describe("a captured snapshot", () => {
  test.each([false, true])("decodes to the same rows after a structured clone (per CPU: %p)", async (perCpu) => {
    using tracer = traceSoftirqs({ perCpu });
    await sendUdp(2_000);
    const raw = tracer.capture();
    const rows = decodeSoftirqs(structuredClone(raw)).rows;
    expect(rows).toEqual(decodeSoftirqs(raw).rows);
    const netRx = rows.filter(({ name }) => name === "net_rx").reduce((sum, row) => sum + row.count, 0);
    expect(netRx).toBeGreaterThan(1_900);
  });

  test("does not change when the tracer reads again", async () => {
    using tracer = traceSoftirqs();
    const raw = tracer.capture();
    const before = decodeSoftirqs(raw).rows.length;
    const bytes = raw.maps["vectors"]?.bytes.slice();
    await sendUdp(2_000);
    tracer.snapshot();
    expect(raw.maps["vectors"]?.bytes).toEqual(bytes ?? new Uint8Array());
    expect(decodeSoftirqs(raw).rows).toHaveLength(before);
  });

  test("is refused by the decoder of another kind, and when bytes are missing", () => {
    using tracer = traceHardirqs();
    const raw = tracer.capture();
    expect(() => decodeSoftirqs(raw)).toThrow(LayoutMismatchError);
    const cells = raw.maps["cells"];
    if (cells === undefined) throw new Error("no cells were captured");
    const damaged = { ...raw, maps: { ...raw.maps, cells: { ...cells, entries: cells.entries + 1 } } };
    expect(() => decodeHardirqs(damaged)).toThrow(LayoutMismatchError);
  });
});

test("a snapshot says when its trace started and how long ago that was", async () => {
  const [before, beforeNs] = [Date.now(), Bun.nanoseconds()];
  using tracer = traceSoftirqs();
  await Bun.sleep(50);
  const { start, elapsedNs } = tracer.snapshot();
  expect(start.getTime()).toBeWithin(before, Date.now() + 1);
  expect(elapsedNs).toBeWithin(50e6, Bun.nanoseconds() - beforeNs);
});

describe("a tracer leaves nothing open", () => {
  /** Those of this process that lead to the kernel's BPF or to a cgroup; others come and go with the runtime. */
  const descriptors = (): number => {
    const listed = Bun.spawnSync(["ls", "-l", `/proc/${process.pid}/fd`]).stdout.toString();
    return listed.split("\n").filter((line) => /bpf|cgroup/.test(line)).length;
  };

  test("when it is disposed of, filtered by cgroup or not", () => {
    const before = descriptors();
    for (const cgroup of ["/", undefined, "/"]) {
      using softirqs = traceSoftirqs({ cgroup });
      using hardirqs = traceHardirqs({ cgroup });
      expect(softirqs.snapshot().rows).toBeArray();
      expect(hardirqs.snapshot().rows).toBeArray();
      expect(descriptors()).toBeGreaterThan(before);
    }
    expect(descriptors()).toBe(before);
    expect(ownPrograms()).toBe(0);
  });

  test("when it cannot start after its programs were loaded", () => {
    const prepare = (): never => {
      throw new Error("not today");
    };
    const definition = softirqDefinition({}, false);
    const [softirqs] = definition.objects;
    if (softirqs === undefined) throw new Error("The definition has no object.");
    const before = descriptors();
    // The first is loaded by then, and goes too.
    const objects = [softirqs, { ...softirqs, prepare }];
    expect(() => createTracer({ ...definition, objects }, { cgroup: "/" })).toThrow("not today");
    expect(descriptors()).toBe(before);
    expect(ownPrograms()).toBe(0);
  });
});

test("the difference of two snapshots is what happened between them", async () => {
  using tracer = traceSoftirqs();
  await sendUdp(3_000);
  const earlier = tracer.snapshot();
  await sendUdp(5_000);
  const later = tracer.snapshot();
  const between = difference(later, earlier);
  const netRx = (rows: readonly TimedSoftirqRow[]): TimedSoftirqRow | undefined =>
    rows.find(({ name }) => name === "net_rx");
  const [all, first, last] = [netRx(later.rows), netRx(earlier.rows), netRx(between.rows)];
  expect(last?.count).toBe((all?.count ?? 0) - (first?.count ?? 0));
  expect(last?.totalNs).toBe((all?.totalNs ?? 0) - (first?.totalNs ?? 0));
  expect(last?.histogram.count).toBe(last?.count ?? -1);
  expect(last?.maxNs).toBeLessThanOrEqual(all?.maxNs ?? 0);
  expect(() => difference(earlier, later)).toThrow(RangeError);
});

test("a table without room counts the events of further sources as lost and keeps the rest right", async () => {
  using tracer = traceHardirqs({ tableEntries: 1, measure: "count" });
  const deadline = Date.now() + 20_000;
  // Any two devices: the disk, and whatever else interrupts this machine.
  while (tracer.snapshot().lost.tableFull === 0 && Date.now() < deadline) {
    Bun.spawnSync(["sh", "-c", "sync; ls -la /proc/self >/dev/null"]);
    await Bun.sleep(50);
  }
  const { rows, lost } = tracer.snapshot();
  expect(lost.tableFull).toBeGreaterThan(0);
  expect(rows).toHaveLength(1);
});

test("a program that the layouts do not fit is refused before it is loaded", () => {
  expect(() =>
    openObject(hardirqsObject(), {
      name: "x",
      programs: {},
      maps: { cells: { kind: "hash", maxEntries: 1, key: "u64", value: "u8" } },
      sections: {},
    }),
  ).toThrow(LayoutMismatchError);
});
