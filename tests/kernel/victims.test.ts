import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineHardirqs } from "@irqtrace/hardirqs";
import { decodeVictims, traceVictims, type VictimOptions, type VictimRow } from "@irqtrace/interrupts";
import { cgroupMounts, createTracer, isPreemptRt, type Snapshot, type Tracer } from "@irqtrace/tracer";
import { softirqObject } from "../../packages/softirqs/src/definition.ts";
import { softirqTable } from "../../packages/softirqs/src/table.ts";
import { bpfObjectsOf } from "./cli-process.ts";
import { DiskFile, spawnAt, tcpCommand, udpCommand } from "./load/loads.ts";

const PLENTY = 1_000_000_000;
const SPIN = ["nice", "-n", "-15", "sh", "-c", "while :; do :; done"];
/** System calls that stay in the kernel for long. */
const COPY = ["nice", "-n", "-15", "dd", "if=/dev/zero", "of=/dev/null", "bs=16M"];
const WINDOW_MS = 2_000;
const MAX_APART_NS = 10e6;

let file: DiskFile;
beforeAll(() => {
  file = new DiskFile();
});
afterAll(() => file[Symbol.dispose]());

/** Runs the commands until what is to be done is done. */
async function beside<T>(commands: readonly ReturnType<typeof spawnAt>[], run: () => Promise<T>): Promise<T> {
  try {
    const result = await run();
    // A load that ended early was none.
    expect(commands.map(({ exitCode }) => exitCode)).toEqual(commands.map(() => null));
    return result;
  } finally {
    for (const command of commands) command.kill();
    await Promise.all(commands.map((command) => command.exited));
  }
}

/** The CPU that the disk's interrupts come to, and another. */
function diskCpus(): { readonly irqCpu: number; readonly otherCpu: number } {
  const line = readFileSync("/proc/interrupts", "utf8")
    .split("\n")
    .filter((text) => /-req\.0$/.test(text));
  const counts = line
    .map((text) => text.trim().split(/\s+/))
    .map(([irq = "", ...rest]) => ({
      irq: irq.replace(":", ""),
      count: Math.max(...rest.slice(0, 2).map(Number)),
    }));
  const busiest = counts.reduce((one, other) => (one.count >= other.count ? one : other));
  const irqCpu = Number(readFileSync(`/proc/irq/${busiest.irq}/effective_affinity_list`, "utf8").split(/[-,]/)[0]);
  return { irqCpu, otherCpu: irqCpu === 0 ? 1 : 0 };
}

interface Totals {
  readonly count: number;
  readonly totalNs: number;
}

const sumOf = (rows: readonly Totals[]): Totals => ({
  count: rows.reduce((sum, row) => sum + row.count, 0),
  totalNs: rows.reduce((sum, row) => sum + row.totalNs, 0),
});

/** By class. */
function classTotals(rows: readonly (Totals & { readonly class: string })[]): Map<string, Totals> {
  return new Map(Object.entries(Object.groupBy(rows, (row) => row.class)).map(([name, of = []]) => [name, sumOf(of)]));
}

interface SelfRow extends Totals {
  readonly class: string;
}

/** Handlers and vectors of all classes with exclusive times, and whose time it was is not asked. */
function traceClasses(): Tracer<SelfRow> {
  const schema = "test.classes/1";
  const { annotate: _, ...hardirqs } = defineHardirqs({ classes: "all", exclusive: true }, schema);
  return createTracer<SelfRow>(
    {
      ...hardirqs,
      schema,
      exclusive: true,
      objects: [...hardirqs.objects, softirqObject({ exclusive: true }, isPreemptRt())],
      decode: (raw) => [
        ...hardirqs.decode(raw).map((table) => ({
          ...table,
          row: (...cell: Parameters<typeof table.row>): SelfRow => {
            const row = table.row(...cell);
            return { class: row.class, count: row.count, totalNs: "selfNs" in row ? (row.selfNs ?? 0) : 0 };
          },
        })),
        (() => {
          const table = softirqTable(raw, schema);
          return {
            ...table,
            row: (...cell: Parameters<typeof table.row>): SelfRow => {
              const row = table.row(...cell);
              return { class: "softirq", count: row.count, totalNs: "selfNs" in row ? (row.selfNs ?? 0) : 0 };
            },
          };
        })(),
      ],
    },
    {},
  );
}

/** What a tracer told since `earlier`. */
function gained(later: Map<string, Totals>, earlier: Map<string, Totals>): Map<string, Totals> {
  return new Map(
    [...later].map(([name, { count, totalNs }]) => {
      const before = earlier.get(name) ?? { count: 0, totalNs: 0 };
      return [name, { count: count - before.count, totalNs: totalNs - before.totalNs }];
    }),
  );
}

/**
 * Reads both within a moment: somebody else may have the CPU between the two, and then they end different windows. The
 * one that takes less time is read first.
 */
async function readBoth(
  classes: Tracer<SelfRow>,
  victims: Tracer<VictimRow>,
): Promise<readonly [Snapshot<VictimRow>, Snapshot<SelfRow>]> {
  for (let tries = 0; tries < 200; tries++) {
    const startNs = Bun.nanoseconds();
    const ofClasses = classes.snapshot();
    const apartNs = Bun.nanoseconds() - startNs;
    const ofVictims = victims.snapshot();
    if (apartNs < MAX_APART_NS) return [ofVictims, ofClasses];
    await Bun.sleep(5);
  }
  throw new Error("The two tracers could not be read within a moment.");
}

/**
 * What both tracers say of the same window, under a load of interrupts that last for longer than programs run: each one's programs run within what the other measures. In this order that is the exit of one and the entry of the other,
 * which take about as long.
 */
async function compare(options: VictimOptions): Promise<{
  readonly victims: Map<string, Totals>;
  readonly classes: Map<string, Totals>;
  readonly rows: readonly VictimRow[];
}> {
  using classes = traceClasses();
  using victims = traceVictims(options);
  return await beside([spawnAt(tcpCommand()), spawnAt(file.readCommand(PLENTY))], async () => {
    await Bun.sleep(300);
    const before = await readBoth(classes, victims);
    await Bun.sleep(WINDOW_MS);
    const after = await readBoth(classes, victims);
    expect(after.map(({ lost }) => lost.tableFull)).toEqual([0, 0]);
    return {
      victims: gained(classTotals(after[0].rows), classTotals(before[0].rows)),
      classes: gained(classTotals(after[1].rows), classTotals(before[1].rows)),
      rows: after[0].rows,
    };
  });
}

/**
 * Both say the same of each class that has many events, as far as bursts at the ends of the windows let them, and of all
 * together within 2 %.
 */
function expectSame(victims: Map<string, Totals>, classes: Map<string, Totals>): void {
  const ratio = (one: Totals | undefined, other: Totals | undefined, key: keyof Totals): number =>
    (one?.[key] ?? 0) / (other?.[key] ?? 0);
  const many = [...classes].filter(([, { count }]) => count > 2_000).map(([name]) => name);
  expect(many).toContain("device");
  expect(many).toContain("softirq");
  for (const name of many) {
    expect(ratio(victims.get(name), classes.get(name), "count")).toBeWithin(0.95, 1.05);
    expect(ratio(victims.get(name), classes.get(name), "totalNs")).toBeWithin(0.9, 1.1);
  }
  const [one, other] = [sumOf([...victims.values()]), sumOf([...classes.values()])];
  expect(ratio(one, other, "count")).toBeWithin(0.98, 1.02);
  expect(ratio(one, other, "totalNs")).toBeWithin(0.98, 1.02);
}

/** The victims that lost most, with what they lost. */
function worst(rows: readonly VictimRow[], keyOf: (row: VictimRow) => string): readonly (readonly [string, Totals])[] {
  const victims = Object.entries(Object.groupBy(rows, keyOf)).map(([key, of = []]) => [key, sumOf(of)] as const);
  return victims.sort(([, one], [, other]) => other.totalNs - one.totalNs);
}

async function intervalOf(tracer: Tracer<VictimRow>, everyMs: number): Promise<readonly VictimRow[]> {
  for await (const { rows } of tracer.intervals({ everyMs, count: 1 })) return rows;
  throw new Error("There was no interval.");
}

/** Runs with a cgroup of its own, and its path as in /proc/self/cgroup. */
async function inCgroup(run: (directory: string, path: string) => Promise<void>): Promise<void> {
  const [mount = ""] = cgroupMounts();
  const path = `/irqtrace-victims-${process.pid}`;
  const directory = join(mount, path);
  mkdirSync(directory);
  try {
    await run(directory, path);
  } finally {
    const isEmpty = (): boolean => readFileSync(join(directory, "cgroup.procs"), "utf8") === "";
    for (let tries = 0; tries < 100 && !isEmpty(); tries++) await Bun.sleep(10);
    rmdirSync(directory);
  }
}

describe("the victims of interrupts", () => {
  test("begin with a busy task on the CPU that the load's interrupts come to", async () => {
    const { irqCpu, otherCpu } = diskCpus();
    // In a session of its own, whose weight counts where the scheduler shares CPUs out by sessions.
    const spinner = spawnAt(["setsid", ...SPIN], { cpu: irqCpu });
    await beside([spinner, spawnAt(file.readCommand(PLENTY), { cpu: otherCpu })], async () => {
      // Others, which run here too, lose time to softirqs of their own making.
      using tracer = traceVictims({ cpus: [irqCpu], classes: ["device"] });
      await Bun.sleep(200);
      const session = `/proc/${spinner.pid}/autogroup`;
      if (existsSync(session)) writeFileSync(session, "-15");
      const isFirst = (rows: readonly VictimRow[]): boolean =>
        worst(rows, ({ victim, tid }) => `${victim} ${tid ?? ""}`)[0]?.[0] === `sh ${spinner.pid}`;
      let rows = await intervalOf(tracer, WINDOW_MS);
      // Somebody else may have been as busy here for a while.
      for (let tries = 0; tries < 3 && !isFirst(rows); tries++) rows = await intervalOf(tracer, WINDOW_MS);
      expect(isFirst(rows)).toBe(true);
      const own = rows.filter(({ tid }) => tid === spinner.pid);
      expect(sumOf(own).count).toBeGreaterThan(100);
      expect(own.every(({ pid }) => pid === spinner.pid)).toBe(true);
      // What it can lose at most.
      expect(sumOf(own).totalNs).toBeWithin(1e5, WINDOW_MS * 1.1e6);
    });
  });

  test.each(["task", "cgroup", "cpu-mode"] as const)("by %s lose as much as interrupts take", async (by) => {
    const { victims, classes, rows } = await compare({ by });
    expectSame(victims, classes);
    expect(rows.filter(({ victimKind }) => victimKind === "others")).toEqual([]);
  });

  test.each(["task", "cgroup"] as const)("by %s are charged to the rest where the table is full", async (by) => {
    const { victims, classes, rows } = await compare({ by, tableEntries: 2 });
    expectSame(victims, classes);
    expect(rows.filter(({ victimKind }) => victimKind !== "others")).toHaveLength(2);
    const rest = rows.filter(({ victimKind }) => victimKind === "others");
    expect(rest.map((row) => row.class)).toContain("softirq");
    expect(sumOf(rest).count).toBeGreaterThan(10_000);
  });

  test("are of the classes that are asked for, less what nested in these", async () => {
    const load = [spawnAt(udpCommand(PLENTY)), spawnAt(file.readCommand(PLENTY))];
    await beside(load, async () => {
      using softirqs = traceVictims({ classes: ["softirq"] });
      using devices = traceVictims({ classes: ["device"], by: "cgroup" });
      await Bun.sleep(300);
      expect(new Set(softirqs.snapshot().rows.map((row) => row.class))).toEqual(new Set(["softirq"]));
      const { rows } = devices.snapshot();
      expect(new Set(rows.map((row) => row.class))).toEqual(new Set(["device"]));
      expect(rows.every((row) => row.irq !== undefined && row.vector === undefined && row.name !== "")).toBe(true);
    });
  });

  test("of a cgroup have its path, and are filtered by it", async () => {
    await inCgroup(async (cgroup, name) => {
      await beside([spawnAt(SPIN, { cgroup }), spawnAt(udpCommand(PLENTY), { cgroup })], async () => {
        using all = traceVictims({ by: "cgroup" });
        using own = traceVictims({ cgroup: name });
        await Bun.sleep(1_000);
        const { rows } = decodeVictims(structuredClone(all.capture()));
        expect(rows.find(({ victim }) => victim === name)).toMatchObject({ victimKind: "cgroup" });
        expect(rows.map(({ victim }) => victim)).toContain("/");
        const kinds = new Set(own.snapshot().rows.map(({ victimKind }) => victimKind));
        expect(kinds).toEqual(new Set(["task"]));
      });
    });
  });

  test.each([
    ["user", SPIN],
    ["kernel", COPY],
  ] as const)("by CPU mode are mostly in the mode that the load is in: %s", async (mode, command) => {
    await inCgroup(async (cgroup) => {
      await beside([spawnAt(command, { cgroup, cpu: 0 })], async () => {
        using tracer = traceVictims({ by: "cpu-mode", cgroup, classes: ["vector", "device"] });
        await Bun.sleep(200);
        const rows = await intervalOf(tracer, WINDOW_MS);
        const countOf = (name: string): number => sumOf(rows.filter(({ victim }) => victim === name)).count;
        const all = sumOf(rows).count;
        expect(all).toBeGreaterThan(100);
        expect(countOf(mode)).toBeGreaterThan(0.8 * all);
        expect(countOf("unknown")).toBeLessThan(0.02 * all);
      });
    });
  });
});

test("a tracer of victims refuses what is wrong, and leaves nothing attached", () => {
  // Links name their programs as well.
  const programs = (): number => new Set(bpfObjectsOf(process.pid).filter((object) => object.startsWith("prog"))).size;
  const isArm = process.arch === "arm64";
  const wrong =
    (options: unknown): (() => unknown) =>
    () =>
      traceVictims(options as VictimOptions);
  expect(wrong({ by: "user" })).toThrow('Cannot use the option "by": user is given. Allowed: "task"');
  expect(wrong({ classes: [] })).toThrow('Cannot use the option "classes": it is empty');
  expect(wrong({ classes: "all" })).toThrow(TypeError);
  expect(wrong({ classes: ["raise"] })).toThrow(RangeError);
  const [other, only] = isArm ? ["nmi", "x64"] : ["ipi", "arm64"];
  expect(wrong({ classes: [other] })).toThrow("Cannot trace");
  expect(wrong({ classes: [other] })).toThrow(`only ${only} has it, and this is ${process.arch}`);
  expect(wrong({ classes: [other] })).not.toThrow("Other configurations");
  expect(wrong({ tableEntries: 0 })).toThrow('"tableEntries": 0 is given');
  expect(programs()).toBe(0);
  for (const by of ["task", "cgroup", "cpu-mode"] as const) {
    for (const flavour of ["tp_btf", "raw_tp"] as const) {
      using tracer = traceVictims({ by, flavour });
      expect(programs()).toBe(isArm ? 5 : 7);
      expect(tracer.snapshot().lost).toMatchObject({ tableFull: 0 });
    }
  }
  expect(programs()).toBe(0);
});
