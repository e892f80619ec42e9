import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { codec } from "./codec.ts";
import type { FieldLayout, StructLayout, TypeLayout } from "./layout.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import { layoutSize } from "./layout-size.ts";
import { anyLayout, anyValueOf, windowOf } from "./testing/any-layout.ts";

const RUNS = { seed: 10, numRuns: 500 };

const layoutAndValue = anyLayout.chain((layout) => fc.tuple(fc.constant(layout), anyValueOf(layout)));

describe("any layout", () => {
  test("decodes what it encoded, at any offset", () => {
    fc.assert(
      fc.property(layoutAndValue, fc.nat({ max: 9 }), ([layout, value], byteOffset) => {
        const random = codec(layout);
        expect(random.size).toBe(layoutSize(layout));
        const view = new DataView(new ArrayBuffer(byteOffset + random.size));
        random.encode(value, view, byteOffset);
        expect(random.decode(view, byteOffset)).toEqual(value);
      }),
      RUNS,
    );
  });

  test("encodes to the same bytes whatever was there, and touches no byte outside", () => {
    fc.assert(
      fc.property(layoutAndValue, ([layout, value]) => {
        const random = codec(layout);
        const clean = new Uint8Array(random.size);
        random.encode(value, new DataView(clean.buffer));
        const { whole, view, before } = windowOf(new Uint8Array(random.size).fill(0xaa), 0xaa);
        random.encode(value, view);
        expect(whole.subarray(before, before + random.size)).toEqual(clean);
        expect([...whole.subarray(0, before), ...whole.subarray(before + random.size)].every((b) => b === 0xaa)).toBe(
          true,
        );
      }),
      RUNS,
    );
  });

  test("decodes random bytes without looking outside them, or throws an error of its own", () => {
    const input = fc.tuple(anyLayout, fc.uint8Array({ maxLength: 80 }), fc.nat({ max: 12 }));
    fc.assert(
      fc.property(input, ([layout, bytes, byteOffset]) => {
        const outcomes = [0x00, 0xff].map((outside) => {
          try {
            return { value: codec(layout).decode(windowOf(bytes, outside).view, byteOffset) };
          } catch (error) {
            if (!(error instanceof LayoutMismatchError || error instanceof RangeError)) throw error;
            return { error: error.name, message: error.message };
          }
        });
        expect(outcomes[0]).toEqual(outcomes[1]);
        const truncated = byteOffset + layoutSize(layout) > bytes.length;
        expect(outcomes[0]?.error === "LayoutMismatchError").toBe(truncated);
        if (outcomes[0]?.error === "RangeError") expect(outcomes[0].message).toContain("beyond 2^53 - 1");
      }),
      { ...RUNS, numRuns: 1500 },
    );
  });
});

describe("bytes as a C compiler lays them out", () => {
  // struct { unsigned char a; short b; unsigned c:3; int d:5; unsigned e:24; unsigned long long f; char g[4]; float h; }
  const Sample = {
    kind: "struct",
    name: "sample",
    size: 24,
    fields: [
      { name: "a", offset: 0, type: "u8" },
      { name: "b", offset: 2, type: "i16" },
      { name: "c", offset: 4, type: "u32", bits: { offset: 0, size: 3 } },
      { name: "d", offset: 4, type: "i32", bits: { offset: 3, size: 5 } },
      { name: "e", offset: 4, type: "u32", bits: { offset: 8, size: 24 } },
      { name: "f", offset: 8, type: "u64" },
      { name: "g", offset: 16, type: { kind: "chars", size: 4 } },
      { name: "h", offset: 20, type: "f32" },
    ],
  } as const;
  const Bytes = Uint8Array.of(
    ...[0xfe, 0x00, 0xfe, 0xff, 0xed, 0x56, 0x34, 0x12],
    ...[0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x81],
    ...[0x69, 0x72, 0x71, 0x00, 0x00, 0x00, 0xc0, 0x3f],
  );
  const Value = { a: 254, b: -2, c: 5, d: -3, e: 0x123456, f: 0x8102030405060708n, g: "irq", h: 1.5 };

  test("decode to their values", () => {
    expect(codec(Sample).decode(new DataView(Bytes.buffer))).toEqual(Value);
  });

  test("come out of encoding the values", () => {
    const bytes = new Uint8Array(24).fill(0x77);
    codec(Sample).encode(Value, new DataView(bytes.buffer));
    expect(bytes).toEqual(Bytes);
  });

  test("read through a view that starts inside its buffer", () => {
    const { view } = windowOf(Bytes, 0xff);
    expect(codec(Sample).decode(view)).toEqual(Value);
  });
});

describe("decoding", () => {
  test("an eight-byte number beyond 2^53 - 1 throws and names its field", () => {
    const pair = codec({
      kind: "struct",
      name: "pair",
      size: 16,
      fields: [
        { name: "low", offset: 0, type: "i53" },
        { name: "values", offset: 8, type: { kind: "array", length: 1, stride: 8, of: "u53" } },
      ],
    });
    const view = new DataView(new ArrayBuffer(16));
    view.setBigUint64(8, 2n ** 53n, true);
    expect(() => pair.decode(view)).toThrow('Cannot read "pair.values[]" as a number: 9007199254740992 is beyond');
    view.setBigInt64(0, -(2n ** 53n), true);
    expect(() => pair.decode(view)).toThrow('Cannot read "pair.low" as a number: -9007199254740992 is beyond');
    view.setBigInt64(0, -(2n ** 53n) + 1n, true);
    view.setBigInt64(8, 2n ** 53n - 1n, true);
    expect(pair.decode(view)).toEqual({ low: Number.MIN_SAFE_INTEGER, values: [Number.MAX_SAFE_INTEGER] });
  });

  test("a bit-field beyond 2^53 - 1 throws and names itself", () => {
    const type = { name: "wide", offset: 0, type: "u53", bits: { offset: 2, size: 60 } } as const;
    const wide = codec({ kind: "struct", name: "pair", size: 8, fields: [type] });
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, (2n ** 53n - 1n) << 2n, true);
    expect(wide.decode(view)).toEqual({ wide: Number.MAX_SAFE_INTEGER });
    view.setBigUint64(0, (2n ** 53n) << 2n, true);
    expect(() => wide.decode(view)).toThrow('Cannot read "pair.wide" as a number: 9007199254740992 is beyond');
  });

  test("any bit of a bool makes it true", () => {
    expect([0, 1, 2, 255].map((byte) => codec("bool").decode(new DataView(Uint8Array.of(byte).buffer)))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test("bytes are a copy", () => {
    const source = Uint8Array.of(1, 2);
    const copy = codec({ kind: "bytes", size: 2 }).decode(new DataView(source.buffer));
    source.fill(9);
    expect(copy).toEqual(Uint8Array.of(1, 2));
  });

  test("a view that is too short is refused with what was needed", () => {
    expect(() => codec("u32").decode(new DataView(new ArrayBuffer(6)), 3)).toThrow(
      new LayoutMismatchError("Cannot use u32 at byte 3: it takes 4 bytes, the view has 6."),
    );
    expect(() => codec("u8").decode(new DataView(new ArrayBuffer(6)), -1)).toThrow(LayoutMismatchError);
    expect(() => codec("u8").encode(0, new DataView(new ArrayBuffer(0)))).toThrow(LayoutMismatchError);
  });
});

describe("encoding", () => {
  const cases: readonly (readonly [TypeLayout, unknown, string])[] = [
    ["u8", 256, 'Cannot write "u8": 256 is not a whole number from 0 to 255.'],
    ["i16", -32769, "is not a whole number from -32768 to 32767"],
    ["u32", 0.5, "0.5 is not a whole number"],
    ["u32", Number.NaN, "NaN is not a whole number"],
    ["u53", 2 ** 53, "9007199254740992 is not a whole number"],
    ["u64", -1n, "-1 is not a whole number from 0 to 18446744073709551615"],
    ["i64", 2n ** 63n, "is not a whole number"],
    [{ kind: "chars", size: 3 }, "irqs", '"irqs" takes 4 bytes, there are 3'],
    [{ kind: "chars", size: 3 }, "a\0b", "holds a NUL"],
    [{ kind: "bytes", size: 3 }, new Uint8Array(2), "it has 3 bytes, these are 2"],
    [{ kind: "array", length: 2, stride: 1, of: "u8" }, [1], "it has 2 elements, these are 1"],
  ];
  test.each(cases)("%j refuses a value that does not fit: %p", (layout, value, message) => {
    const view = new DataView(new ArrayBuffer(16));
    expect(() => codec(layout).encode(value, view)).toThrow(RangeError);
    expect(() => codec(layout).encode(value, view)).toThrow(message);
  });

  const wrongTypes: readonly (readonly [TypeLayout, unknown, string])[] = [
    ["u8", "1", 'a number belongs there, this is "1"'],
    ["u64", 1, "a bigint belongs there, this is 1"],
    ["u53", 1n, "a number belongs there, this is 1n"],
    ["bool", 1, "a boolean belongs there, this is 1"],
    ["f32", null, "a number belongs there, this is null"],
    [{ kind: "chars", size: 3 }, 1, "a string belongs there, this is 1"],
    [{ kind: "bytes", size: 3 }, [1, 2, 3], "a Uint8Array belongs there, this is an array"],
    [{ kind: "array", length: 0, stride: 1, of: "u8" }, {}, "an array belongs there, this is of type object"],
    [{ kind: "struct", name: "empty", size: 0, fields: [] }, null, "an object belongs there, this is null"],
  ];
  test.each(wrongTypes)("%j refuses a value of another type: %p", (layout, value, message) => {
    const view = new DataView(new ArrayBuffer(16));
    expect(() => codec(layout).encode(value, view)).toThrow(TypeError);
    expect(() => codec(layout).encode(value, view)).toThrow(message);
  });
});

describe("a layout that contradicts itself is refused before any use", () => {
  const struct = (...fields: FieldLayout[]): StructLayout => ({ kind: "struct", name: "odd", size: 4, fields });
  const empty = { kind: "bytes", size: 0 } as const;
  const wrong: readonly (readonly [string, TypeLayout])[] = [
    ["a field outside its struct", struct({ name: "a", offset: 2, type: "u32" })],
    ["a field before its struct", struct({ name: "a", offset: -1, type: "u8" })],
    ["bits outside their struct", struct({ name: "a", offset: 3, type: "u8", bits: { offset: 4, size: 5 } })],
    ["more bits than the type has", struct({ name: "a", offset: 0, type: "u8", bits: { offset: 0, size: 9 } })],
    ["no bits", struct({ name: "a", offset: 0, type: "u8", bits: { offset: 0, size: 0 } })],
    ["bits before their field", struct({ name: "a", offset: 1, type: "u8", bits: { offset: -1, size: 2 } })],
    ["bits of a float", struct({ name: "a", offset: 0, type: "f32", bits: { offset: 0, size: 2 } })],
    ["two fields of one name", struct({ name: "a", offset: 0, type: "u8" }, { name: "a", offset: 1, type: "u8" })],
    ["a field that would set the prototype", struct({ name: "__proto__", offset: 0, type: "u8" })],
    ["elements that overlap", { kind: "array", length: 2, stride: 3, of: "u32" }],
    ["elements without end that take no bytes", { kind: "array", length: 2 ** 40, stride: 0, of: empty }],
    ["bits too far away to address", struct({ name: "a", offset: 0, type: "u8", bits: { offset: 2 ** 40, size: 1 } })],
    ["a negative length", { kind: "array", length: -1, stride: 4, of: "u32" }],
    ["a size that is no whole number", { kind: "bytes", size: 1.5 }],
    ["an array too large to address", { kind: "array", length: 2 ** 40, stride: 2 ** 40, of: "u8" }],
  ];
  test.each(wrong)("%s", (_, layout) => {
    expect(() => codec(layout)).toThrow(LayoutMismatchError);
  });
});

describe("what is no layout is refused, although the types should have caught it", () => {
  const within = (type: unknown): unknown => ({
    kind: "struct",
    name: "odd",
    size: 8,
    fields: [{ name: "a", offset: 0, type }],
  });
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ["a kind that there is not", { kind: "union", size: 8 }, 'of kind "union"'],
    ["a scalar that there is not", "u128", '"u128"'],
    ["a name of every object", "toString", '"toString"'],
    ["nothing", undefined, '"undefined"'],
    ["null", null, '"null"'],
    ["no kind", { size: 8 }, "no layout"],
    ["a field of another kind", within({ kind: "union", size: 8 }), 'of kind "union"'],
    ["a field of nothing", within(null), '"null"'],
    ["elements of another kind", { kind: "array", length: 2, stride: 8, of: "u128" }, '"u128"'],
    ["an enum of another scalar", { kind: "enum", name: "state", of: "u128", values: {} }, '"u128"'],
    ["a struct without fields", { kind: "struct", name: "odd", size: 8 }, "no fields"],
  ];
  test.each(wrong)("%s", (_, layout, text) => {
    const compile = () => codec(layout as TypeLayout);
    expect(compile).toThrow(LayoutMismatchError);
    expect(compile).toThrow(text);
  });
});
