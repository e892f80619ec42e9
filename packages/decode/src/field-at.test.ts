import { expect, test } from "bun:test";
import { codec } from "./codec.ts";
import { fieldAt } from "./field-at.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";

const BANK = {
  kind: "struct",
  name: "bank",
  size: 16,
  fields: [
    { name: "count", offset: 0, type: "u53" },
    { name: "total_ns", offset: 8, type: "u53" },
  ],
} as const;

const CELL = {
  kind: "struct",
  name: "cell",
  size: 64,
  fields: [
    { name: "writing", offset: 0, type: "u53" },
    { name: "banks", offset: 8, type: { kind: "array", length: 2, stride: 16, of: BANK } },
    {
      name: "grid",
      offset: 40,
      type: { kind: "array", length: 2, stride: 8, of: { kind: "array", length: 2, stride: 4, of: "u32" } },
    },
    { name: "flag", offset: 56, type: "u8", bits: { offset: 3, size: 2 } },
    { name: "handle", offset: 57, type: "u8" },
    { name: "handle.count", offset: 58, type: "u16" },
  ],
} as const;

test("a path leads to the offset from the start of the outermost struct", () => {
  expect(fieldAt(CELL, "writing")).toEqual({ offset: 0, type: "u53" });
  expect(fieldAt(CELL, "banks[1].total_ns")).toEqual({ offset: 32, type: "u53" });
  expect(fieldAt(CELL, "banks[1]")).toEqual({ offset: 24, type: BANK });
  expect(fieldAt(CELL, "grid[1][1]")).toEqual({ offset: 52, type: "u32" });
});

test("the field at a path holds what decoding the whole struct gives there", () => {
  const view = new DataView(Uint8Array.from({ length: 64 }, (_, index) => (index % 8 < 6 ? index : 0)).buffer);
  const { offset, type } = fieldAt(CELL, "banks[1].total_ns");
  expect(codec(type).decode(view, offset)).toEqual(codec(CELL).decode(view).banks[1]?.total_ns);
});

test("a bit-field keeps its bits", () => {
  expect(fieldAt(CELL, "flag")).toEqual({ offset: 56, type: "u8", bits: { offset: 3, size: 2 } });
});

test("a field name may hold a dot, as those of static variables do", () => {
  expect(fieldAt(CELL, "handle.count").offset).toBe(58);
  expect(fieldAt(CELL, "handle").offset).toBe(57);
});

test.each(["", "nothing", "writ", "writing.x", "banks.count", "banks[2]", "banks[-1]", "banks[1", "banks[1]total_ns"])(
  "a path to nothing is refused: %j",
  (path) => {
    expect(() => fieldAt(CELL, path)).toThrow(LayoutMismatchError);
  },
);

test("the error says which part leads nowhere and what is there instead", () => {
  expect(() => fieldAt(CELL, "banks[1].max_ns")).toThrow(
    'Cannot find "banks[1].max_ns" in struct cell: nothing is at ".max_ns". It has count, total_ns.',
  );
  expect(() => fieldAt(CELL, "banks[1].counter")).toThrow('nothing is at ".counter". It has count, total_ns.');
  expect(() => fieldAt(CELL, "banks[7]")).toThrow('nothing is at "[7]". It has indices below 2.');
  expect(() => fieldAt(CELL, "writing.x")).toThrow('nothing is at ".x". It has no fields, being u53.');
});
