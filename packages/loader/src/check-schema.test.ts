import { describe, expect, test } from "bun:test";
import { LayoutMismatchError, type ObjectSchema, type StructLayout, type TypeLayout } from "@irqtrace/decode";
import { checkSchema } from "./check-schema.ts";

const item = (fields: StructLayout["fields"], size = 16): StructLayout => ({
  kind: "struct",
  name: "item",
  size,
  fields,
});

function schema(value: TypeLayout | null, changes: Partial<ObjectSchema> = {}): ObjectSchema {
  return {
    name: "tool",
    programs: { on_entry: { section: "tp_btf/softirq_entry" } },
    maps: { items: { kind: "array", maxEntries: 4, key: "u32", value } },
    sections: { bss: { kind: "struct", name: ".bss", size: 8, fields: [{ name: "epoch", offset: 4, type: "u32" }] } },
    ...changes,
  };
}

const COUNT_AND_NAME = item([
  { name: "count", offset: 0, type: "u64" },
  { name: "name", offset: 8, type: { kind: "chars", size: 8 } },
]);

describe("a schema fits an object", () => {
  const fitting: readonly (readonly [what: string, expected: TypeLayout, actual: TypeLayout])[] = [
    ["that it was made from", COUNT_AND_NAME, structuredClone(COUNT_AND_NAME)],
    ["whose 64-bit integers it wants as numbers", "u53", "u64"],
    ["whose signed 64-bit integers it wants as bigint", "i64", "i53"],
    ["of which it names fewer fields", item([{ name: "count", offset: 0, type: "u53" }]), COUNT_AND_NAME],
    ["of which it wants bytes alone", { kind: "bytes", size: 16 }, COUNT_AND_NAME],
    ["whose enum it wants as a number", "u32", { kind: "enum", name: "verdict", of: "u32", values: { PASS: 0 } }],
    [
      "whose enum has gained members",
      { kind: "enum", name: "verdict", of: "u32", values: { PASS: 0 } },
      { kind: "enum", name: "verdict", of: "u32", values: { PASS: 0, DROP: 1 } },
    ],
  ];
  test.each(fitting)("%s", (_what, expected, actual) => {
    expect(() => checkSchema(schema(expected), schema(actual))).not.toThrow();
  });

  test("of which it names nothing", () => {
    const empty: ObjectSchema = { name: "tool", programs: {}, maps: {}, sections: {} };
    expect(() => checkSchema(empty, schema(COUNT_AND_NAME))).not.toThrow();
  });
});

describe("a schema does not fit an object", () => {
  const array = (length: number, of: TypeLayout, stride: number): TypeLayout => ({ kind: "array", length, stride, of });
  const bits = (offset: number, size: number): StructLayout =>
    item([{ name: "low", offset: 0, type: "u32", bits: { offset, size } }]);
  const wrong: readonly (readonly [why: string, expected: TypeLayout | null, actual: TypeLayout | null])[] = [
    ['the value of its map "items" has 16 bytes, not 8', "u64", COUNT_AND_NAME],
    ['the value of its map "items" is i32, not u32', "u32", "i32"],
    ['the value of its map "items" is f64, not u64', "u64", "f64"],
    ['the value of its map "items" is struct, not chars', { kind: "chars", size: 16 }, COUNT_AND_NAME],
    ['the value of its map "items" is absent', "u32", null],
    ['the value of its map "items" is present', null, "u32"],
    ['has no "total"', item([{ name: "total", offset: 0, type: "u64" }]), COUNT_AND_NAME],
    [
      '"count" in the value of its map "items" is at byte 0, not 8',
      item([{ name: "count", offset: 8, type: "u64" }]),
      COUNT_AND_NAME,
    ],
    ["has 8 elements, not 16", array(16, "u8", 1), array(8, "u16", 2)],
    ["an element of", array(4, "u32", 4), array(4, "i32", 4)],
    ["is another bit-field", bits(0, 3), bits(0, 4)],
    ["is another bit-field", bits(0, 3), item([{ name: "low", offset: 0, type: "u32" }])],
    ["is i32, not enum", { kind: "enum", name: "verdict", of: "u32", values: {} }, "i32"],
  ];
  test.each(wrong)("%s", (why, expected, actual) => {
    const check = (): void => checkSchema(schema(expected), schema(actual));
    expect(check).toThrow(LayoutMismatchError);
    expect(check).toThrow(why);
    expect(check).toThrow('Cannot use the schema "tool" for "tool"');
  });

  const changed: readonly (readonly [why: string, changes: Partial<ObjectSchema>])[] = [
    ['it has no program "on_exit"', { programs: { on_exit: { section: "tp_btf/softirq_exit" } } }],
    [
      'its program "on_entry" is in "tp_btf/softirq_entry"',
      { programs: { on_entry: { section: "raw_tp/softirq_entry" } } },
    ],
    ['it has no map "rows"', { maps: { rows: { kind: "array", maxEntries: 4, key: "u32", value: "u32" } } }],
    [
      'its map "items" is a array, not a hash',
      { maps: { items: { kind: "hash", maxEntries: 4, key: "u32", value: "u32" } } },
    ],
    ['the key of its map "items"', { maps: { items: { kind: "array", maxEntries: 4, key: "u64", value: "u32" } } }],
    ["it has no variables in .data", { sections: { data: { kind: "struct", name: ".data", size: 8, fields: [] } } }],
    ["its .bss has 8 bytes, not 12", { sections: { bss: { kind: "struct", name: ".bss", size: 12, fields: [] } } }],
  ];
  test.each(changed)("%s", (why, changes) => {
    expect(() => checkSchema(schema("u32", changes), schema("u32"))).toThrow(why);
  });

  test("though a name of every object's prototype is asked for", () => {
    const maps = { toString: { kind: "array", maxEntries: 1, key: "u32", value: "u32" } } as const;
    expect(() => checkSchema(schema("u32", { maps }), schema("u32"))).toThrow('it has no map "toString"');
  });
});
