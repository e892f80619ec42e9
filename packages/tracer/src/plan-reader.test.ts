import { expect, test } from "bun:test";
import { LayoutMismatchError } from "@irqtrace/decode";
import type { BpfMap, LoadedObject } from "@irqtrace/loader";
import type { SamplePlan } from "./definition.ts";
import { PlanReader, SPARE_ENTRIES } from "./plan-reader.ts";

const COUNT = { kind: "struct", name: "bank", size: 8, fields: [{ name: "count", offset: 0, type: "u53" }] } as const;
const CELL = {
  kind: "struct",
  name: "cell",
  size: 24,
  fields: [
    { name: "writing", offset: 0, type: "u53" },
    { name: "banks", offset: 8, type: { kind: "array", length: 2, stride: 8, of: COUNT } },
  ],
} as const;
const LABEL = {
  kind: "struct",
  name: "row",
  size: 24,
  fields: [
    { name: "used", offset: 0, type: "u53" },
    { name: "labels", offset: 8, type: { kind: "array", length: 2, stride: 8, of: COUNT } },
  ],
} as const;
const PLAN: SamplePlan = {
  cells: { name: "cells", value: CELL, banks: ["banks"], writing: "writing", count: "count" },
  labels: { name: "rows", value: LABEL, banks: ["labels"], used: "used" },
};

/** Maps in memory, and how many entries were read of them. */
class FakeMaps {
  readonly entriesRead: Record<string, number[]> = { cells: [], rows: [] };
  readonly #bytes: Record<string, Uint8Array>;

  readonly entries: number;

  constructor(entries: number) {
    this.entries = entries;
    this.#bytes = { cells: new Uint8Array(24 * entries), rows: new Uint8Array(24 * entries) };
  }

  /** Takes the entry into use, and counts in it. */
  use(entry: number, count: number): void {
    for (const [name, offset, value] of [
      ["rows", 0, 1],
      ["cells", 8, count],
    ] as const) {
      const bytes = this.#bytes[name] ?? new Uint8Array();
      new DataView(bytes.buffer).setUint32(24 * entry + offset, value, true);
    }
  }

  get object(): LoadedObject {
    const mapOf = (name: string): Partial<BpfMap> => ({
      name,
      maxEntries: this.entries,
      stride: 24,
      readInto: (target) => {
        this.entriesRead[name]?.push(target.byteLength / 24);
        target.set(this.#bytes[name]?.subarray(0, target.byteLength) ?? []);
      },
    });
    return { map: mapOf } as unknown as LoadedObject;
  }
}

function countsOf(reader: PlanReader): readonly number[] {
  const bytes = reader.maps()["cells"]?.bytes ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 24 }, (_, entry) => view.getUint32(24 * entry + 8, true));
}

test("of a large table only what is in use is read, and as much again to see that it is all", () => {
  const maps = new FakeMaps(100_000);
  const reader = new PlanReader(maps.object, PLAN);
  maps.use(0, 7);
  maps.use(2, 9);
  reader.settle(0, 0);
  expect(maps.entriesRead).toEqual({ cells: [3], rows: [2 * SPARE_ENTRIES] });
  expect(countsOf(reader)).toEqual([7, 0, 9]);
});

test("what comes into use is found, however much it is", () => {
  const maps = new FakeMaps(10_000);
  const reader = new PlanReader(maps.object, PLAN);
  for (const used of [1, 200, 700, 9_000, 10_000]) {
    for (let entry = 0; entry < used; entry++) maps.use(entry, used);
    reader.settle(0, 0);
    expect(countsOf(reader)).toEqual(Array(used).fill(used));
  }
  expect(Math.max(...(maps.entriesRead["rows"] ?? []))).toBe(10_000);
});

test("a gap of free entries hides nothing behind it", () => {
  const maps = new FakeMaps(5_000);
  const reader = new PlanReader(maps.object, PLAN);
  maps.use(2 * SPARE_ENTRIES - 1, 1);
  maps.use(3 * SPARE_ENTRIES - 2, 2);
  reader.settle(0, 0);
  expect(countsOf(reader).filter((count) => count > 0)).toEqual([1, 2]);
});

test("a small table is read whole", () => {
  const maps = new FakeMaps(5);
  const reader = new PlanReader(maps.object, PLAN);
  maps.use(4, 3);
  reader.settle(0, 0);
  expect(maps.entriesRead).toEqual({ cells: [5], rows: [5] });
});

test("values that the kernel packs closer than eight bytes are refused, with the map's name and what to do", () => {
  const packed = { ...LABEL, size: 20 };
  const labels = { name: "rows", value: packed, banks: ["labels"], used: "used" };
  const mapOf = (name: string): Partial<BpfMap> => ({ name, maxEntries: 4, stride: name === "rows" ? 20 : 24 });
  const read = (): PlanReader =>
    new PlanReader({ map: mapOf } as unknown as LoadedObject, { cells: PLAN.cells, labels });
  expect(read).toThrow(LayoutMismatchError);
  expect(read).toThrow('"rows": its entries take 20 bytes');
  expect(read).toThrow("Pad them to 24");
});
