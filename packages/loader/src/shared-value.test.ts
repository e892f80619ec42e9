import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Worker } from "node:worker_threads";
import type { StructLayout, TypeLayout } from "@irqtrace/decode";
import { type LiveArray, MappedArray } from "./live-array.ts";
import { MappedSection } from "./live-section.ts";
import { MappedMemory } from "./mapped-memory.ts";
import { Owner } from "./owner.ts";
import type { StoreInTurn } from "./testing/store-in-turn.ts";

const PAIR: StructLayout = {
  kind: "struct",
  name: "pair",
  size: 16,
  fields: [
    { name: "first", offset: 0, type: "u53" },
    { name: "second", offset: 8, type: "u32" },
  ],
};
const MODE: TypeLayout = { kind: "enum", name: "mode", of: "u32", values: { OFF: 0, ON: 1 } };
const LABEL: TypeLayout = { kind: "chars", size: 8 };
const WORD: StructLayout = { kind: "struct", name: "word", size: 4, fields: [{ name: "low", offset: 0, type: "u16" }] };

const VALUES: readonly (readonly [TypeLayout, good: unknown, bad: unknown])[] = [
  ["bool", true, 1],
  ["i8", -7, 200],
  ["u16", 80, 70_000],
  ["u32", 9, -1],
  ["u53", 2 ** 40 + 5, 1.5],
  ["i64", -3n, 5],
  ["f64", 0.5, "half"],
  [MODE, 1, 1.5],
  [WORD, { low: 4 }, { low: -1 }],
  [LABEL, "eth0", "longer than that"],
  [PAIR, { first: 1, second: 2 }, { first: 3 }],
];
const nameOf = (layout: TypeLayout): string => (typeof layout === "string" ? layout : layout.kind);
const VALUES_BY_NAME = VALUES.map((value) => [nameOf(value[0]), ...value] as const);

describe("values in memory that is shared with programs", () => {
  let memory: MappedMemory;

  beforeEach(() => {
    memory = new MappedMemory({ what: "memory", byteLength: 4096, isWritable: true });
  });
  afterEach(() => memory[Symbol.dispose]());

  function arrayOf(layout: TypeLayout, stride: number): LiveArray<unknown> {
    return new MappedArray({ name: "a", owner: new Owner("o"), memory, handle: memory, length: 8, stride, layout });
  }

  function variable(type: TypeLayout, offset: number): MappedSection {
    const layout: StructLayout = { kind: "struct", name: ".data", size: 64, fields: [{ name: "it", offset, type }] };
    return new MappedSection({ objectName: "o", owner: new Owner("o"), memory, layout, isWritable: true });
  }

  test.each(VALUES_BY_NAME)("of %s: an item keeps its value when a write is refused", (_name, layout, good, bad) => {
    const items = arrayOf(layout, 16);
    items.write(3, good);
    expect(() => items.write(3, bad)).toThrow();
    expect(items.read(3)).toEqual(good);
    expect(items.bytes.subarray(0, 48)).toEqual(new Uint8Array(48));
    expect(items.bytes.subarray(64)).toEqual(new Uint8Array(64));
  });

  test.each(VALUES_BY_NAME)("of %s: so does a variable, wherever it lies", (_name, layout, good, bad) => {
    for (const offset of [0, 1, 2, 4, 8, 24]) {
      const section = variable(layout, offset);
      section.write("it", good);
      expect(() => section.write("it", bad)).toThrow();
      expect(section.read("it")).toEqual(good);
    }
  });

  test("are not touched before all of the new one is known", () => {
    const items = arrayOf(PAIR, 16);
    items.write(0, { first: 1, second: 2 });
    const seen: unknown[] = [];
    const next = {
      first: 3,
      get second() {
        seen.push(items.read(0));
        return 4;
      },
    };
    items.write(0, next);
    expect([...seen, items.read(0)]).toEqual([
      { first: 1, second: 2 },
      { first: 3, second: 4 },
    ]);
  });

  test("of 8 bytes are read whole while another thread writes them", async () => {
    const values = [0xffff_ffffn, 0x1_0000_0000n] as const;
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const workerData: StoreInTurn = { address: memory.address, values, stop };
    const ways = [arrayOf("u53", 8), arrayOf({ ...PAIR, size: 8, fields: PAIR.fields.slice(0, 1) }, 8)];
    ways[0]?.write(0, Number(values[0]));
    const writer = new Worker(new URL("./testing/store-in-turn.ts", import.meta.url), { workerData });
    const ended = new Promise((resolve) => writer.once("exit", resolve));
    await new Promise((resolve) => writer.once("online", resolve));
    const seen = new Set<string>();
    for (const end = performance.now() + 300; performance.now() < end; ) {
      for (let read = 0; read < 1_000; read++) for (const way of ways) seen.add(JSON.stringify(way.read(0)));
    }
    Atomics.store(stop, 0, 1);
    await ended;
    const [one, other] = values.map(Number);
    const right = [one, other].flatMap((value) => [`${value}`, `{"first":${value}}`]);
    expect([...seen].sort()).toEqual(right.sort());
  });
});
