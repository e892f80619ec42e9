import { describe, expect, test } from "bun:test";
import { Btf } from "./btf.ts";
import { BtfLayouts, type U64Mode } from "./btf-layout.ts";
import { BpfError } from "./errors.ts";
import { BtfBuilder } from "./testing/btf-builder.ts";

const SIGNED = 1;
const BOOL = 4;

function layoutOf(build: (types: BtfBuilder) => number, u64: U64Mode = "bigint"): unknown {
  const types = new BtfBuilder();
  const id = build(types);
  return new BtfLayouts(new Btf(types.bytes(), "test"), u64, "test").layout(id, "fallback");
}

describe("integers", () => {
  const cases: readonly (readonly [name: string, bytes: number, encoding: number, bigint: string, number: string])[] = [
    ["unsigned char", 1, 0, "u8", "u8"],
    ["signed char", 1, SIGNED, "i8", "i8"],
    ["short", 2, SIGNED, "i16", "i16"],
    ["unsigned short", 2, 0, "u16", "u16"],
    ["int", 4, SIGNED, "i32", "i32"],
    ["unsigned int", 4, 0, "u32", "u32"],
    ["long long", 8, SIGNED, "i64", "i53"],
    ["unsigned long long", 8, 0, "u64", "u53"],
    ["_Bool", 1, BOOL, "bool", "bool"],
  ];
  test.each(cases)("%s of %d bytes", (name, bytes, encoding, asBigint, asNumber) => {
    expect(layoutOf((types) => types.int(name, bytes, encoding), "bigint")).toBe(asBigint);
    expect(layoutOf((types) => types.int(name, bytes, encoding), "number")).toBe(asNumber);
  });

  test("of 128 bits are bytes", () => {
    expect(layoutOf((types) => types.int("__int128", 16, SIGNED))).toEqual({ kind: "bytes", size: 16 });
  });

  test("lie behind typedefs, const, volatile, restrict and tags", () => {
    const layout = layoutOf((types) => {
      const int = types.int("unsigned int", 4);
      const tagged = types.alias(18, "user", int);
      const restricted = types.alias(11, "", tagged);
      return types.alias(8, "u32", types.alias(10, "", types.alias(9, "", restricted)));
    });
    expect(layout).toBe("u32");
  });
});

describe("pointers", () => {
  test("are addresses, which no number holds", () => {
    expect(layoutOf((types) => types.pointer(types.int("int", 4, SIGNED)), "number")).toBe("u64");
    expect(layoutOf((types) => types.pointer(0), "number")).toBe("u64");
  });

  test("that the kernel manages are bytes", () => {
    expect(layoutOf((types) => types.pointer(types.alias(18, "kptr", types.forward("task_struct"))))).toEqual({
      kind: "bytes",
      size: 8,
    });
  });
});

describe("arrays", () => {
  test("of char are text", () => {
    expect(layoutOf((types) => types.array(types.int("char", 1, SIGNED), 16))).toEqual({ kind: "chars", size: 16 });
  });

  test("of unsigned char are numbers", () => {
    const layout = layoutOf((types) => types.array(types.int("unsigned char", 1), 4));
    expect(layout).toEqual({ kind: "array", length: 4, stride: 1, of: "u8" });
  });

  test("of arrays nest, the first dimension outside", () => {
    const layout = layoutOf((types) => types.array(types.array(types.int("short", 2, SIGNED), 3), 2));
    const inner = { kind: "array", length: 3, stride: 2, of: "i16" };
    expect(layout).toEqual({ kind: "array", length: 2, stride: 6, of: inner });
  });

  test("of what takes no room are no bytes, however many", () => {
    const layout = layoutOf((types) => types.array(types.struct("empty", 0, []), 4_000_000_000));
    expect(layout).toEqual({ kind: "bytes", size: 0 });
  });

  test("without elements take no room", () => {
    expect(layoutOf((types) => types.array(types.int("int", 4, SIGNED), 0))).toMatchObject({ length: 0 });
  });
});

describe("enums", () => {
  test("are their numbers", () => {
    expect(layoutOf((types) => types.enumeration("state", 4, { IDLE: 0, BUSY: 5 }))).toEqual({
      kind: "enum",
      name: "state",
      of: "u32",
      values: { IDLE: 0, BUSY: 5 },
    });
  });

  test("with a sign keep it", () => {
    expect(layoutOf((types) => types.enumeration("", 4, { BELOW: -2 }, true))).toEqual({
      kind: "enum",
      name: "fallback",
      of: "i32",
      values: { BELOW: -2 },
    });
  });

  test("of 64 bits are numbers while these are exact", () => {
    expect(layoutOf((types) => types.enumeration64("wide", { LARGE: 2n ** 40n }))).toEqual({
      kind: "enum",
      name: "wide",
      of: "u53",
      values: { LARGE: 2 ** 40 },
    });
    expect(layoutOf((types) => types.enumeration64("wide", { LARGEST: 2n ** 64n - 1n }))).toBe("u64");
    expect(layoutOf((types) => types.enumeration64("wide", { LEAST: -(2n ** 63n) }, true))).toBe("i64");
  });
});

test("floats keep their size", () => {
  expect(layoutOf((types) => types.float("float", 4))).toBe("f32");
  expect(layoutOf((types) => types.float("double", 8))).toBe("f64");
  expect(layoutOf((types) => types.float("long double", 16))).toEqual({ kind: "bytes", size: 16 });
});

describe("structs", () => {
  test("have their fields in place", () => {
    const layout = layoutOf((types) => {
      const u32 = types.int("unsigned int", 4);
      return types.struct("pair", 12, [
        { name: "left", type: u32, bitOffset: 0 },
        { name: "right", type: u32, bitOffset: 64 },
      ]);
    });
    expect(layout).toEqual({
      kind: "struct",
      name: "pair",
      size: 12,
      fields: [
        { name: "left", offset: 0, type: "u32" },
        { name: "right", offset: 8, type: "u32" },
      ],
    });
  });

  test("read bit-fields from their own storage unit", () => {
    const layout = layoutOf((types) => {
      const u32 = types.int("unsigned int", 4);
      return types.struct("flags", 8, [
        { name: "low", type: u32, bitOffset: 0, bitSize: 3 },
        { name: "high", type: u32, bitOffset: 35, bitSize: 29 },
        { name: "", type: u32, bitOffset: 3, bitSize: 4 },
      ]);
    });
    expect(layout).toMatchObject({
      fields: [
        { name: "low", offset: 0, type: "u32", bits: { offset: 0, size: 3 } },
        { name: "high", offset: 4, type: "u32", bits: { offset: 3, size: 29 } },
      ],
    });
  });

  test("read packed bit-fields that cross a unit from the byte they begin in", () => {
    const layout = layoutOf((types) => {
      const u32 = types.int("unsigned int", 4);
      return types.struct("packed", 6, [{ name: "across", type: u32, bitOffset: 28, bitSize: 12 }]);
    });
    expect(layout).toMatchObject({ fields: [{ offset: 3, bits: { offset: 4, size: 12 } }] });
  });

  test("know bit-fields of the time before the kind flag", () => {
    const layout = layoutOf((types) => {
      const threeBits = types.int("unsigned int", 4, 0, 3);
      return types.struct("old", 4, [{ name: "low", type: threeBits, bitOffset: 5 }]);
    });
    expect(layout).toMatchObject({ fields: [{ offset: 0, bits: { offset: 5, size: 3 } }] });
  });

  test("take in the members of anonymous structs", () => {
    const layout = layoutOf((types) => {
      const u16 = types.int("unsigned short", 2);
      const inner = types.struct("", 4, [
        { name: "one", type: u16, bitOffset: 0 },
        { name: "two", type: u16, bitOffset: 16 },
      ]);
      return types.struct("outer", 8, [{ name: "", type: inner, bitOffset: 32 }]);
    });
    expect(layout).toMatchObject({
      fields: [
        { name: "one", offset: 4 },
        { name: "two", offset: 6 },
      ],
    });
  });

  test("name the bytes of an anonymous union after its members", () => {
    const layout = layoutOf((types) => {
      const u32 = types.int("unsigned int", 4);
      const union = types.union("", 4, [
        { name: "v4", type: u32, bitOffset: 0 },
        { name: "v6", type: u32, bitOffset: 0 },
      ]);
      return types.struct("address", 8, [{ name: "", type: union, bitOffset: 32 }]);
    });
    expect(layout).toMatchObject({ fields: [{ name: "v4_or_v6", offset: 4, type: { kind: "bytes", size: 4 } }] });
  });

  test("without named members are bytes", () => {
    const layout = layoutOf((types) => {
      const u64 = types.int("unsigned long long", 8);
      return types.struct("bpf_timer", 16, [{ name: "", type: u64, bitOffset: 0, bitSize: 64 }]);
    });
    expect(layout).toEqual({ kind: "bytes", size: 16 });
  });
});

test("named unions are bytes", () => {
  const layout = layoutOf((types) =>
    types.union("either", 8, [{ name: "one", type: types.int("int", 4), bitOffset: 0 }]),
  );
  expect(layout).toEqual({ kind: "bytes", size: 8 });
});

describe("BTF that makes no sense is refused:", () => {
  const refused: readonly (readonly [what: string, build: (types: BtfBuilder) => number])[] = [
    ["a value without a size", (types) => types.forward("unknown")],
    ["a typedef of itself", (types) => types.alias(8, "loop", 1)],
    ["a struct that holds itself", (types) => types.struct("self", 8, [{ name: "inner", type: 1, bitOffset: 0 }])],
    ["an anonymous struct that holds itself", (types) => types.struct("", 8, [{ name: "", type: 1, bitOffset: 0 }])],
    ["an array of itself", (types) => types.array(1, 2)],
    ["a type that is not there", (types) => types.alias(10, "", 99)],
    ["void as a value", (types) => types.alias(10, "", 0)],
    [
      "a member outside of its struct",
      (types) => types.struct("small", 4, [{ name: "far", type: types.int("int", 4), bitOffset: 640 }]),
    ],
  ];
  test.each(refused)("%s", (_what, build) => {
    expect(() => layoutOf(build)).toThrow(BpfError);
  });
});

describe("types that would take for ever to lay out are refused:", () => {
  /** Each struct has the one before it twice, at the same place. */
  const doubled = (memberName: string): unknown =>
    layoutOf((types) => {
      let inner = types.struct("leaf", 8, [{ name: "", type: types.struct("", 8, []), bitOffset: 0 }]);
      for (let level = 0; level < 60; level++) {
        const member = { name: memberName, type: inner, bitOffset: 0 };
        inner = types.struct("", 8, [member, memberName === "" ? member : { ...member, name: "again" }]);
      }
      return inner;
    });

  test("structs within structs", () => {
    expect(() => doubled("once")).toThrow(BpfError);
    expect(() => doubled("once")).toThrow("more members than");
  });

  test("anonymous structs that hold nothing", () => {
    expect(() => doubled("")).toThrow("more members than");
  });
});
