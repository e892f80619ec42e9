import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { type LoadedObject, openObject, ringBuffer } from "@irqtrace/loader";
import { fixture, NO_CLANG } from "./loader-fixtures.ts";

const LOG_BYTES = 16 * 1024 * 1024 - 4096;

const load = (): LoadedObject => openObject(fixture("loader-maps"), undefined, { name: "maps" }).load();

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Mappings of BPF maps, and of buffers as large as the verifier's log. */
function mappings(): number {
  const lines = readFileSync("/proc/self/maps", "utf8").split("\n");
  const isLogSized = (line: string): boolean => {
    const [start = 0, end = 0] = (line.split(" ")[0] ?? "").split("-").map((address) => Number.parseInt(address, 16));
    return end - start === LOG_BYTES;
  };
  return lines.filter((line) => line.includes("bpf-map") || isLogSized(line)).length;
}

describe.skipIf(NO_CLANG !== "")(`closed objects${NO_CLANG}`, () => {
  test("can be closed again", () => {
    const open = openObject(fixture("loader-maps"));
    open[Symbol.dispose]();
    open[Symbol.dispose]();
    const loaded = load();
    const link = loaded.attach();
    loaded[Symbol.dispose]();
    link[Symbol.dispose]();
    loaded[Symbol.dispose]();
  });

  test("say so to every use of them and of what came from them", () => {
    const loaded = load();
    const [items, bss, program] = [loaded.map("items"), loaded.section("bss"), loaded.program("count_entry")];
    const live = loaded.map("live_items").live();
    const ring = ringBuffer(loaded.map("events"));
    const entries = loaded.map("table").entries();
    const { bytes } = live;
    loaded[Symbol.dispose]();
    const uses: readonly (() => unknown)[] = [
      () => loaded.attach(),
      () => loaded.map("items"),
      () => loaded.section("bss"),
      () => loaded.program("count_entry"),
      () => items.fd,
      () => items.get(0),
      () => items.set(0, {}),
      () => items.delete(0),
      () => items.push(0),
      () => items.pop(),
      () => items.readInto(new Uint8Array(64)),
      () => items.readItemInto(0, new Uint8Array(64)),
      () => items.pin("/sys/fs/bpf/items"),
      () => [...items.entries()],
      () => [...items.keys()],
      () => entries.next(),
      () => live.read(0),
      () => live.write(0, 1),
      () => loaded.map("live_items").live(),
      () => bss.read("epoch"),
      () => bss.write("epoch", 1),
      () => program.id,
      () => program.fd,
      () => program.statistics(),
      () => ring.consume(() => undefined),
      () => ring.pendingBytes,
      () => ring.block(0),
      () => ringBuffer(items),
    ];
    for (const use of uses) expect(use).toThrow(/is closed|is a map of kind array|map of kind array/);
    expect(bytes).toHaveLength(0);
    live[Symbol.dispose]();
    ring[Symbol.dispose]();
  });

  test("are used up by load, even if it fails", () => {
    const open = openObject(fixture("loader-refused"), undefined, { name: "refused" });
    expect(() => open.load()).toThrow();
    expect(() => open.load()).toThrow('"refused": it is loaded or closed already');
    expect(() => open.configure({})).toThrow("it is loaded or closed already");
    open[Symbol.dispose]();
  });

  test("leave the loaded object alone when the opened one ends", () => {
    const open = openObject(fixture("loader-maps"));
    const loaded = open.load();
    open[Symbol.dispose]();
    expect(loaded.map("items").get(0)).toBeDefined();
    loaded[Symbol.dispose]();
  });

  test("leave neither descriptors nor mappings behind, nor do failures", () => {
    const once = (): void => {
      using loaded = load();
      using _link = loaded.attach();
      using _live = loaded.map("live_items").live();
      using _ring = ringBuffer(loaded.map("events"));
      loaded.section("bss").read("epoch");
      expect(() => openObject(fixture("loader-refused")).load()).toThrow();
      expect(() => openObject(fixture("loader-absent")).load()).toThrow();
      expect(() => openObject(new Uint8Array(64))).toThrow();
    };
    once();
    const before = openDescriptors();
    const mapped = mappings();
    for (let round = 0; round < 20; round++) once();
    expect(openDescriptors()).toBe(before);
    expect(mappings()).toBeLessThanOrEqual(mapped);
  });
});

describe.skipIf(NO_CLANG !== "")(`under garbage collection${NO_CLANG}`, () => {
  test("reads stay right while everything around them is collected", () => {
    using loaded = load();
    const [items, counts, table, recent] = (["items", "counts", "table", "recent"] as const).map((name) =>
      loaded.map(name),
    );
    const bss = loaded.section("bss");
    const item = { ...(items?.get(0) as object), count: 99n, name: "collected" };
    items?.set(5, item);
    for (let key = 0n; key < 300n; key++) table?.set(key, { ...item, count: key });
    recent?.set(3, 33n);
    for (let round = 0; round < 60; round++) {
      // Small views whose bytes lie in the engine's own heap, and garbage around them.
      const target = new Uint8Array(64);
      const garbage = Array.from({ length: 1_000 }, (_, index) => new Uint8Array(index % 100));
      items?.readItemInto(5, target);
      Bun.gc(true);
      expect(new DataView(target.buffer).getBigUint64(0, true)).toBe(99n);
      const whole = new Uint8Array((items?.stride ?? 0) * 16);
      items?.readInto(whole);
      if (round % 10 === 0)
        for (const [key, value] of table?.entries() ?? []) expect(value).toMatchObject({ count: key });
      bss.write("epoch", round);
      Bun.gc(true);
      expect(bss.read("epoch")).toBe(round);
      expect(recent?.get(3)).toBe(33n);
      expect(counts?.get(1)).toBeArray();
      expect(garbage).toHaveLength(1_000);
    }
  });

  test("handles that are forgotten do no harm", async () => {
    const before = openDescriptors();
    const forget = (): void => {
      const loaded = load();
      loaded.map("live_items").live().write(0, 1);
      loaded[Symbol.dispose]();
    };
    for (let round = 0; round < 10; round++) forget();
    Bun.gc(true);
    await Bun.sleep(10);
    Bun.gc(true);
    expect(openDescriptors()).toBe(before);
  });
});
