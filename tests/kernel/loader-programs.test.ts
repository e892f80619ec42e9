import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { enableStatistics, type LoadedObject, openObject } from "@irqtrace/loader";
import { sendUdp } from "./load/loads.ts";
import { fixture, NO_CLANG } from "./loader-fixtures.ts";

const maps = (): ReturnType<typeof openObject> => openObject(fixture("loader-maps"), undefined, { name: "maps" });

const absent = (): LoadedObject =>
  openObject(fixture("loader-absent"), undefined, { name: "absent" })
    .configure({ maxEntries: { sizeless: 8 }, programs: { typed: false } })
    .load();

/** What the kernel says of a descriptor; nothing of one that is gone by now, as that of reading the folder. */
function readDescriptor(fd: string): string {
  try {
    return readFileSync(join("/proc/self/fdinfo", fd), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** How many links this process holds to programs with these numbers. */
function linkedTo(ids: readonly number[]): number {
  const texts = readdirSync("/proc/self/fdinfo").map(readDescriptor);
  const programs = texts.filter((text) => /^link_id:/m.test(text)).map((text) => /^prog_id:\s*(\d+)$/m.exec(text)?.[1]);
  return programs.filter((id) => ids.includes(Number(id))).length;
}

/** Softirqs happen all the time; sleeping makes sure of timers. */
async function untilCounted(loaded: LoadedObject): Promise<void> {
  const bss = loaded.section("bss");
  const before = bss.read("entries");
  for (let round = 0; round < 100 && bss.read("entries") === before; round++) await Bun.sleep(20);
  expect(bss.read("entries")).not.toBe(before);
}

describe.skipIf(NO_CLANG !== "")(`programs${NO_CLANG}`, () => {
  test("run once attached and no more once detached", async () => {
    using loaded = maps().load();
    const bss = loaded.section("bss");
    expect(bss.read("entries")).toBe(0n);
    const link = loaded.attach();
    await untilCounted(loaded);
    link[Symbol.dispose]();
    const after = bss.read("entries");
    await Bun.sleep(50);
    expect(bss.read("entries")).toBe(after);
    link[Symbol.dispose]();
    using _again = loaded.attach();
    await untilCounted(loaded);
  });

  test("that are switched off are not loaded", () => {
    using loaded = maps()
      .configure({ programs: { emit_exit: false } })
      .load();
    expect(loaded.programNames).toEqual(["count_entry"]);
    expect(() => loaded.program("emit_exit")).toThrow("or it was not loaded");
    expect(() => loaded.attach({ only: ["emit_exit"] })).toThrow(TypeError);
  });

  test("can be switched on again: the last word counts", () => {
    const open = maps().configure({ programs: { emit_exit: false, count_entry: false } });
    using loaded = open.configure({ programs: { emit_exit: true, count_entry: undefined } }).load();
    expect(loaded.programNames).toEqual(["emit_exit"]);
  });

  test("have the kernel's number and count their runs while statistics are on", async () => {
    using loaded = maps().load();
    using _link = loaded.attach();
    const { id, name } = loaded.program("count_entry");
    const shown = JSON.parse(Bun.spawnSync(["bpftool", "--json", "prog", "show", "id", `${id}`]).stdout.toString());
    expect({ name, shown: shown.name }).toEqual({ name: "count_entry", shown: "count_entry" });
    const setting = "/proc/sys/kernel/bpf_stats_enabled";
    const before = readFileSync(setting, "utf8");
    try {
      await Bun.write(setting, "1");
      for (let round = 0; round < 100 && loaded.program("count_entry").statistics().runCount === 0; round++) {
        await Bun.sleep(20);
      }
    } finally {
      await Bun.write(setting, before);
    }
    const statistics = loaded.program("count_entry").statistics();
    expect(statistics.runCount).toBeGreaterThan(0);
    expect(statistics.runTimeNs).toBeGreaterThan(0);
    expect(statistics.recursionMisses).toBe(0);
  });

  test("count their runs while statistics are held, whatever the setting says, and no longer", async () => {
    using loaded = maps().load();
    using _link = loaded.attach();
    const setting = "/proc/sys/kernel/bpf_stats_enabled";
    const before = readFileSync(setting, "utf8");
    const runs = (): number => loaded.program("count_entry").statistics().runCount;
    const settle = async (): Promise<void> => {
      await untilCounted(loaded);
      await untilCounted(loaded);
    };
    await settle();
    // Somebody else may have them switched on.
    const isOnAnyway = runs() > 0;
    {
      using statistics = enableStatistics();
      using _another = enableStatistics();
      expect(readFileSync(setting, "utf8")).toBe(before);
      for (let round = 0; round < 100 && runs() === 0; round++) await Bun.sleep(20);
      statistics[Symbol.dispose]();
      const held = runs();
      expect(held).toBeGreaterThan(0);
      expect(loaded.program("count_entry").statistics().runTimeNs).toBeGreaterThan(0);
      await settle();
      expect(runs()).toBeGreaterThan(held);
    }
    const after = runs();
    await settle();
    expect(readFileSync(setting, "utf8")).toBe(before);
    if (!isOnAnyway) expect(runs()).toBe(after);
  });

  test("keep their statistics to who has CAP_SYS_ADMIN", () => {
    const loader = JSON.stringify(Bun.fileURLToPath(new URL("../../packages/loader/src/index.ts", import.meta.url)));
    const script = `const { BpfError, enableStatistics } = await import(${loader});
      try { enableStatistics(); } catch (error) { console.log(error instanceof BpfError, error.code, error.hint); }`;
    const rights = "+bpf,+perfmon";
    const child = Bun.spawnSync(
      ["setpriv", `--inh-caps=-all,${rights}`, `--bounding-set=-all,${rights}`, process.execPath, "--eval", script],
      { stderr: "pipe" },
    );
    expect(child.stderr.toString()).toBe("");
    expect(child.stdout.toString()).toStartWith("true EPERM This process lacks CAP_SYS_ADMIN");
  });

  test("are attached in the order given, or none of them if one fails", async () => {
    using loaded = absent();
    const linked = (): number => linkedTo(loaded.programNames.map((name) => loaded.program(name).id));
    {
      using _links = loaded.attach({ only: ["uses_sizeless", "fine"] });
      expect(linked()).toBe(2);
    }
    expect(linked()).toBe(0);
    expect(() => loaded.attach({ order: ["uses_sizeless", "fine", "raw"] })).toThrow('Cannot attach "raw"');
    expect(linked()).toBe(0);
  });

  test("can be attached to tracepoints by name, and count at each of them", async () => {
    using counter = maps().load();
    using loaded = absent();
    /** How often the program ran, by what ran at one tracepoint in the same time. */
    const ratioOf = async (tracepoints: readonly string[]): Promise<number> => {
      using _counting = counter.attach({ only: ["count_entry"] });
      using _link = loaded.attach({ only: ["anywhere"], tracepoints: { anywhere: tracepoints } });
      const runs = (): number => Number(loaded.section("bss").read("anywhere_runs"));
      const entries = (): number => Number(counter.section("bss").read("entries"));
      const before = [runs(), entries()] as const;
      await sendUdp(5_000);
      expect(entries() - before[1]).toBeGreaterThan(1_000);
      return (runs() - before[0]) / (entries() - before[1]);
    };
    expect(await ratioOf(["softirq_entry", "softirq_exit"])).toBeCloseTo(2, 1);
    expect(await ratioOf(["softirq_entry"])).toBeCloseTo(1, 1);
    expect(await ratioOf([])).toBe(0);
  });

  test("are attached to all tracepoints by name or to none, and only if they can be", () => {
    using loaded = absent();
    const id = loaded.program("anywhere").id;
    const attempt = (tracepoints: readonly string[]) => () =>
      loaded.attach({ only: ["anywhere"], tracepoints: { anywhere: tracepoints } });
    expect(attempt(["softirq_entry", "no_such_tracepoint"])).toThrow(
      "this kernel has no tracepoint no_such_tracepoint",
    );
    expect(linkedTo([id])).toBe(0);
    expect(() => loaded.attach({ tracepoints: { nothing: ["softirq_entry"] } })).toThrow("not a loaded program");
    expect(() => loaded.attach({ tracepoints: { homeless: ["softirq_entry"] } })).toThrow(
      'its section is "perf_event"',
    );
    {
      using _link = attempt(["softirq_entry", "softirq_exit", "softirq_raise"])();
      expect(linkedTo([id])).toBe(3);
    }
    expect(linkedTo([id])).toBe(0);
  });

  test("are named once, by names that the object has, in one list", () => {
    using loaded = maps().load();
    expect(() => loaded.attach({ order: ["nothing"] })).toThrow('"nothing": it is not a loaded program');
    expect(() => loaded.attach({ only: ["count_entry", "count_entry"] })).toThrow("listed twice");
    expect(() => loaded.attach({ only: [], order: [] })).toThrow("both order and only");
    loaded.attach({ only: [] })[Symbol.dispose]();
  });

  test("can be attached twice, and count twice", async () => {
    using loaded = maps().load();
    using one = loaded.attach({ only: ["count_entry"] });
    using other = loaded.attach({ only: ["count_entry"] });
    expect(one).not.toBe(other);
    await untilCounted(loaded);
  });
});

describe.skipIf(NO_CLANG !== "")(`variables${NO_CLANG}`, () => {
  test("have the values of the source until they are set", () => {
    using loaded = maps().load();
    expect(loaded.section("data").read("start_value")).toBe(-42n);
    expect(loaded.section("data").read("label")).toBe("unnamed");
    expect(loaded.section("rodata").read("step")).toBe(1);
    expect(loaded.section("rodata").read("emits_events")).toBe(false);
    expect(loaded.section("bss").names).toContain("emit_exit.sequence");
  });

  test("are set before load and seen by programs", async () => {
    using loaded = maps()
      .configure({ rodata: { step: 1_000, cpus: Array(16).fill(3) }, data: { label: "renamed" }, bss: { epoch: 5 } })
      .configure({ rodata: { emits_events: undefined } })
      .load();
    expect(loaded.section("rodata").read("cpus")).toEqual(Array(16).fill(3));
    expect(loaded.section("rodata").read("wakeup_flags")).toBe(0n);
    expect(loaded.section("data").read("label")).toBe("renamed");
    expect(loaded.section("data").read("start_value")).toBe(-42n);
    using _link = loaded.attach();
    await untilCounted(loaded);
    const item = loaded.map("items").get(0) as { count: bigint; epoch: number };
    expect(item.count % 1_000n).toBe(0n);
    expect(item).toMatchObject({ epoch: 5 });
  });

  test("are shared with running programs, both ways", async () => {
    using loaded = maps().load();
    using _link = loaded.attach();
    const bss = loaded.section("bss");
    bss.write("epoch", 0xfffffffe);
    expect(bss.read("epoch")).toBe(0xfffffffe);
    await untilCounted(loaded);
    for (let round = 0; round < 100; round++) {
      if ((loaded.map("items").get(0) as { epoch: number }).epoch === 0xfffffffe) break;
      await Bun.sleep(20);
    }
    expect(loaded.map("items").get(0)).toMatchObject({ epoch: 0xfffffffe });
  });

  test("are read anew in a loop that nothing interrupts", async () => {
    using loaded = maps().load();
    using _link = loaded.attach();
    const load = sendUdp(500);
    const bss = loaded.section("bss");
    let changes = 0;
    let last = bss.read("entries");
    const end = performance.now() + 5_000;
    while (changes <= 10 && performance.now() < end) {
      for (let round = 0; round < 10_000; round++) {
        const now = bss.read("entries");
        if (now !== last) changes++;
        last = now;
      }
    }
    await load;
    expect(changes).toBeGreaterThan(10);
  });

  test("that are all static are shared too", () => {
    using loaded = openObject(fixture("loader-refused"), undefined, { name: "refused" })
      .configure({ programs: { reads_unchecked: false } })
      .load();
    expect(loaded.section("bss").read("runs")).toBe(0);
  });

  test("of .rodata are read-only once loaded", () => {
    using loaded = maps().load();
    expect(() => loaded.section("rodata").write("step", 2)).toThrow(".rodata is read-only once loaded");
    expect(loaded.section("rodata").read("step")).toBe(1);
  });

  test("that are not there or do not fit are refused by name", () => {
    using loaded = maps().load();
    const bss = loaded.section("bss");
    expect(() => bss.read("nothing")).toThrow('.bss of "maps" has no such variable');
    expect(() => bss.write("epoch", 2 ** 32)).toThrow(RangeError);
    expect(() => bss.write("epoch", "1")).toThrow(".bss.epoch");
    expect(() => maps().configure({ rodata: { nothing: 1 } })).toThrow('.rodata of "maps" has no such variable');
    expect(() => maps().configure({ rodata: { step: -1 } })).toThrow(RangeError);
    expect(() => maps().configure({ data: { label: "a text that is too long" } })).toThrow(RangeError);
    expect(() => openObject(fixture("loader-refused")).configure({ data: { epoch: 1 } })).toThrow("has no .data");
  });
});

describe.skipIf(NO_CLANG !== "")(`configuration${NO_CLANG}`, () => {
  test("gives maps another size or kind", () => {
    using loaded = maps()
      .configure({ maxEntries: { items: 3, table: undefined }, mapKinds: { items: "percpu_array" } })
      .load();
    const items = loaded.map("items");
    expect({ kind: items.kind, maxEntries: items.maxEntries }).toEqual({ kind: "percpu_array", maxEntries: 3 });
    expect(items.get(0)).toBeArray();
    expect(loaded.map("table").maxEntries).toBe(2_000);
  });

  test("refuses what makes no sense", () => {
    for (const entries of [0, -1, 1.5, 2 ** 32, Number.NaN]) {
      expect(() => maps().configure({ maxEntries: { items: entries } })).toThrow(RangeError);
    }
    expect(() => maps().configure({ maxEntries: { nothing: 1 } })).toThrow('"maps" has no map of that name');
    expect(() => maps().configure({ programs: { nothing: true } })).toThrow('"maps" has no program of that name');
    expect(() => maps().configure({ mapKinds: { items: "other" } })).toThrow("is not a kind of map");
  });

  test("lets two objects share a map", () => {
    using one = maps().load();
    one.map("recent").set(1, 11n);
    using other = maps()
      .configure({ reuse: { recent: one.map("recent") } })
      .load();
    expect(other.map("recent").get(1)).toBe(11n);
    other.map("recent").set(2, 22n);
    expect(one.map("recent").get(2)).toBe(22n);
  });

  test("lets a map take the place of one with another name", () => {
    using one = openObject(fixture("loader-refused"))
      .configure({ programs: { reads_unchecked: false } })
      .load();
    using other = openObject(fixture("loader-absent"))
      .configure({ programs: { typed: false }, reuse: { sizeless: one.map("values") } })
      .load();
    other.map("sizeless").set(1, 5n);
    expect(one.map("values").get(1)).toBe(5n);
    expect(other.map("sizeless").maxEntries).toBe(1);
  });

  test("shares no map of a closed object", () => {
    const one = maps().load();
    const recent = one.map("recent");
    one[Symbol.dispose]();
    expect(() => maps().configure({ reuse: { recent } })).toThrow('"maps" is closed');
  });
});
