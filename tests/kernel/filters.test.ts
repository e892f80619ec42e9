import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { hardirqsObject } from "@irqtrace/bpf-objects/hardirqs";
import * as layouts from "@irqtrace/bpf-objects/layouts";
import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { openObject, possibleCpus } from "@irqtrace/loader";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { FLAVOURS } from "@irqtrace/tracer";
import { DiskFile, sendUdp } from "./load/loads.ts";
import { ownCgroup } from "./own-cgroup.ts";

// Loads take their time on a busy machine.
setDefaultTimeout(60_000);

const PACKETS = 50_000;
const NET_RX = 3;

const netRx = (tracer: ReturnType<typeof traceSoftirqs>): number =>
  tracer.snapshot().rows.find(({ vector }) => vector === NET_RX)?.count ?? 0;

describe.each([...FLAVOURS])("with %s programs", (flavour) => {
  test("--cpu shows the softirqs of that CPU, and none of a load on another", async () => {
    // In a cgroup of our own, because others may use the network meanwhile.
    using cgroup = ownCgroup();
    using tracer = traceSoftirqs({ flavour, cpus: [1], perCpu: true, cgroup: cgroup.path });
    await sendUdp(PACKETS, { cpu: 1, cgroup: cgroup.path });
    const inside = tracer.snapshot();
    expect(inside.rows.find(({ vector }) => vector === NET_RX)).toMatchObject({ cpu: 1 });
    expect(inside.rows.every(({ cpu }) => cpu === 1)).toBe(true);
    const before = netRx(tracer);
    expect(before).toBeGreaterThan(PACKETS * 0.95);
    await sendUdp(PACKETS, { cpu: 0, cgroup: cgroup.path });
    expect(netRx(tracer) - before).toBeLessThan(PACKETS / 50);
    expect(tracer.snapshot().lost).toEqual({ unmatched: 0, tableFull: 0, recursionMisses: 0 });
  });

  test("--cpu shows the hardirqs of the CPU that takes a line's interrupts, and none on the others", async () => {
    using file = new DiskFile();
    const counts = async (cpus: readonly number[]): Promise<number> => {
      using tracer = traceHardirqs({ flavour, cpus });
      await file.read(5_000);
      return tracer.snapshot().rows.reduce((sum, row) => sum + row.count, 0);
    };
    const perCpu = [await counts([0]), await counts([1])].toSorted((one, other) => one - other);
    // One CPU takes them all: the line's affinity says which.
    expect(perCpu[0]).toBeLessThan(500);
    expect(perCpu[1]).toBeGreaterThan(4_500);
  });

  test("--cgroup shows the softirqs over a task inside and not those of the same load outside", async () => {
    using cgroup = ownCgroup();
    using tracer = traceSoftirqs({ flavour, cgroup: cgroup.path });
    await sendUdp(PACKETS);
    expect(netRx(tracer)).toBe(0);
    await sendUdp(PACKETS, { cgroup: cgroup.path });
    // All but those that ran over another task, which interrupted the load.
    expect(netRx(tracer)).toBeGreaterThan(PACKETS * 0.95);
    expect(netRx(tracer)).toBeLessThanOrEqual(PACKETS * 1.01);
    expect(tracer.snapshot().lost.unmatched).toBe(0);
  });

  test("a task in a cgroup below the one asked for counts as inside", async () => {
    using parent = ownCgroup();
    const child = join(parent.path, "child");
    mkdirSync(child);
    try {
      using tracer = traceSoftirqs({ flavour, cgroup: parent.path, measure: "count" });
      await sendUdp(PACKETS, { cgroup: child });
      expect(tracer.snapshot().rows.find(({ vector }) => vector === NET_RX)?.count).toBeGreaterThan(PACKETS * 0.95);
    } finally {
      rmdirSync(child);
    }
  });
});

describe("the programs themselves", () => {
  test("an error of the cgroup helper is no match: without a cgroup in the map nothing counts", async () => {
    using open = openObject(softirqsObject(), layouts.softirqs);
    open.configure({
      programs: Object.fromEntries(
        programNames(layouts.softirqs).map((name) => [name, name === "softirq_count_tp_btf"]),
      ),
      rodata: { filter_cgroup: true },
    });
    using object = open.load();
    using _attachment = object.attach();
    await sendUdp(1_000);
    const counts = object
      .map("vectors")
      .get(NET_RX)
      ?.map(({ banks }) => banks.map(({ count }) => count));
    expect(counts?.flat()).toEqual(new Array(2 * possibleCpus().length).fill(0));
  });

  test.each([
    ["hardirqs", hardirqsObject, 6],
    ["softirqs", softirqsObject, 10],
  ] as const)(
    "those of %s that --count attaches call no clock, and the timed ones do",
    (name, bytes, programs) => {
      using open = openObject(bytes(), undefined, { name });
      using object = open.load();
      expect(object.programNames).toHaveLength(programs);
      for (const program of object.programNames) {
        const dump = Bun.spawnSync(["bpftool", "prog", "dump", "xlated", "id", String(object.program(program).id)]);
        const instructions = dump.stdout.toString();
        expect(instructions).toContain("exit");
        expect([program, /call \S*ktime/.test(instructions)]).toEqual([program, !program.includes("_count_")]);
      }
    },
    30_000,
  );
});

const programNames = (schema: { readonly programs: object }): string[] => Object.keys(schema.programs);

test("the programs load with room for per-CPU actions too, as arm64 has it", () => {
  using open = openObject(hardirqsObject(), layouts.hardirqs);
  open.configure({ maxEntries: { percpu_histograms: 4 }, rodata: { percpu_slots: 4 } });
  using object = open.load();
  expect(object.programNames).toHaveLength(6);
});
