import { expect, test } from "bun:test";
import { codec } from "./codec.ts";
import type { TypeLayout, Value } from "./layout.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the type argument is `true`; returns it for a run-time check beside it. */
function holds<_ extends true>(): true {
  return true;
}

const BANK = {
  kind: "struct",
  name: "bank",
  size: 16,
  fields: [
    { name: "count", offset: 0, type: "u53" },
    { name: "total_ns", offset: 8, type: "u64" },
  ],
} as const;

const CELL = {
  kind: "struct",
  name: "cell",
  size: 64,
  fields: [
    { name: "writing", offset: 0, type: "bool" },
    { name: "state", offset: 4, type: { kind: "enum", name: "state", of: "u32", values: { IDLE: 0 } } },
    { name: "banks", offset: 8, type: { kind: "array", length: 2, stride: 16, of: BANK } },
    { name: "label", offset: 40, type: { kind: "chars", size: 16 } },
    { name: "task", offset: 56, type: { kind: "bytes", size: 8 } },
  ],
} as const;

interface Cell {
  readonly writing: boolean;
  readonly state: number;
  readonly banks: readonly { readonly count: number; readonly total_ns: bigint }[];
  readonly label: string;
  readonly task: Uint8Array;
}

test("a nested struct layout maps to the type of its decoded object", () => {
  holds<Equal<Value<typeof BANK>, { readonly count: number; readonly total_ns: bigint }>>();
  holds<Value<typeof CELL> extends Cell ? true : false>();
  holds<Cell extends Value<typeof CELL> ? true : false>();
  const cell: Cell = codec(CELL).decode(new DataView(new ArrayBuffer(64)));
  expect(cell).toEqual({
    writing: false,
    state: 0,
    banks: [
      { count: 0, total_ns: 0n },
      { count: 0, total_ns: 0n },
    ],
    label: "",
    task: new Uint8Array(8),
  });
});

test("eight-byte integers are bigint or number by the name of their layout", () => {
  holds<Equal<Value<"u64" | "i64">, bigint>>();
  holds<Equal<Value<"u53" | "i53" | "f64" | "u32">, number>>();
  holds<Equal<Value<"bool">, boolean>>();
  const view = new DataView(BigUint64Array.of(5n).buffer);
  expect([codec("u64").decode(view), codec("u53").decode(view)]).toEqual([5n, 5]);
});

test("a layout written in place keeps its type without `as const`", () => {
  const pair = codec({ kind: "array", length: 2, stride: 1, of: "u8" });
  const values: readonly number[] = pair.decode(new DataView(Uint8Array.of(1, 2).buffer));
  expect(values).toEqual([1, 2]);
});

test("a layout known at run time alone decodes to unknown", () => {
  holds<Equal<Value<TypeLayout>, unknown>>();
  const layouts: readonly TypeLayout[] = ["u8", BANK];
  const values: readonly unknown[] = layouts.map((layout) => codec(layout).decode(new DataView(new ArrayBuffer(16))));
  expect(values).toEqual([0, { count: 0, total_ns: 0n }]);
});

test("encoding a value of another type does not compile, and throws", () => {
  const view = new DataView(new ArrayBuffer(16));
  // @ts-expect-error a number belongs into a u53
  expect(() => codec("u53").encode(1n, view)).toThrow(TypeError);
  // @ts-expect-error total_ns is missing
  expect(() => codec(BANK).encode({ count: 1 }, view)).toThrow(
    'Cannot write "bank.total_ns": a bigint belongs there, this is undefined.',
  );
});
