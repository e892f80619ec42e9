/**
 * A number in C memory, little-endian, by width and by what it becomes in JavaScript.
 *
 * | layout | bytes | value |
 * | --- | --- | --- |
 * | `bool` | 1 | `boolean` |
 * | `u8` `i8` | 1 | `number` |
 * | `u16` `i16` | 2 | `number` |
 * | `u32` `i32` `f32` | 4 | `number` |
 * | `f64` | 8 | `number` |
 * | `u53` `i53` | 8 | `number`; a value beyond ±(2^53 - 1) throws a `RangeError` rather than being rounded |
 * | `u64` `i64` | 8 | `bigint` |
 *
 * @example
 * ```ts
 * import { layoutSize, type Scalar } from "@irqtrace/decode";
 *
 * const nanoseconds: Scalar = "u53";
 * console.log(layoutSize(nanoseconds)); // 8
 * ```
 */
export type Scalar =
  | "bool"
  | "u8"
  | "i8"
  | "u16"
  | "i16"
  | "u32"
  | "i32"
  | "u53"
  | "i53"
  | "u64"
  | "i64"
  | "f32"
  | "f64";

/**
 * The scalars that hold whole numbers and become a `number`: what an enum or an index may be made of.
 *
 * @example
 * ```ts
 * import type { EnumLayout, IntegerScalar } from "@irqtrace/decode";
 *
 * const storage: IntegerScalar = "u32";
 * const verdict = { kind: "enum", name: "verdict", of: storage, values: { PASS: 0, DROP: 1 } } satisfies EnumLayout;
 * console.log(verdict.values.DROP); // 1
 * ```
 */
export type IntegerScalar = "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u53" | "i53";

/**
 * `char[size]` that holds a string: UTF-8 up to the first NUL, or all of it when there is none.
 * Bytes that are not UTF-8 become U+FFFD.
 *
 * @example
 * ```ts
 * import { codec } from "@irqtrace/decode";
 *
 * const comm = codec({ kind: "chars", size: 16 });
 * const bytes = new DataView(new ArrayBuffer(comm.size));
 * comm.encode("kworker/0:1", bytes);
 * console.log(comm.decode(bytes)); // kworker/0:1
 * ```
 */
export interface CharsLayout {
  readonly kind: "chars";
  /** Bytes, a terminating NUL included. */
  readonly size: number;
}

/**
 * Bytes without further meaning here: unions, kernel pointers, what a reader does not want to decode.
 * The value is a copy, so that it outlives the buffer it was read from.
 *
 * @example
 * ```ts
 * import { codec } from "@irqtrace/decode";
 *
 * const address = codec({ kind: "bytes", size: 4 });
 * console.log(address.decode(new DataView(Uint8Array.of(10, 0, 0, 1).buffer)).join(".")); // 10.0.0.1
 * ```
 */
export interface BytesLayout {
  readonly kind: "bytes";
  /** Bytes. */
  readonly size: number;
}

/**
 * A C array: `length` elements, one every `stride` bytes.
 *
 * @example
 * ```ts
 * import { codec } from "@irqtrace/decode";
 *
 * const pair = codec({ kind: "array", length: 2, stride: 4, of: "u32" });
 * console.log(pair.decode(new DataView(Uint32Array.of(7, 9).buffer))); // [ 7, 9 ]
 * ```
 */
export interface ArrayLayout {
  readonly kind: "array";
  /** Elements. */
  readonly length: number;
  /** Bytes from the start of one element to the start of the next. */
  readonly stride: number;
  readonly of: TypeLayout;
}

/**
 * A C struct. Padding is what no field covers: ignored when decoding, zero when encoding, because the kernel compares
 * the padding of hash keys too.
 *
 * @example
 * ```ts
 * import { codec } from "@irqtrace/decode";
 *
 * const key = codec({
 *   kind: "struct",
 *   name: "key",
 *   size: 8,
 *   fields: [
 *     { name: "cpu", offset: 0, type: "u16" },
 *     { name: "irq", offset: 4, type: "u32" },
 *   ],
 * });
 * console.log(key.decode(new DataView(Uint32Array.of(3, 24).buffer))); // { cpu: 3, irq: 24 }
 * ```
 */
export interface StructLayout {
  readonly kind: "struct";
  /** The C tag, for messages alone. */
  readonly name: string;
  /** Bytes, trailing padding included. */
  readonly size: number;
  readonly fields: readonly FieldLayout[];
}

/**
 * One member of a struct.
 *
 * @example
 * ```ts
 * import { codec } from "@irqtrace/decode";
 *
 * const flags = codec({
 *   kind: "struct",
 *   name: "flags",
 *   size: 1,
 *   fields: [
 *     { name: "ready", offset: 0, type: "bool", bits: { offset: 0, size: 1 } },
 *     { name: "level", offset: 0, type: "u8", bits: { offset: 1, size: 3 } },
 *   ],
 * });
 * console.log(flags.decode(new DataView(Uint8Array.of(0b1011).buffer))); // { ready: true, level: 5 }
 * ```
 */
export interface FieldLayout {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly type: TypeLayout;
  /** Present for a C bit-field. */
  readonly bits?: BitRange;
}

/**
 * Where a bit-field lies: `size` bits from bit `offset` on, counted from the least significant bit of the byte at the
 * field's own offset. It may reach past the width of the field's type, as packed structs make it do.
 *
 * @example
 * ```ts
 * import type { BitRange } from "@irqtrace/decode";
 *
 * const upperNibble: BitRange = { offset: 4, size: 4 };
 * console.log((0xa5 >> upperNibble.offset) & (2 ** upperNibble.size - 1)); // 10
 * ```
 */
export interface BitRange {
  /** Bits. */
  readonly offset: number;
  /** Bits: 1 or more, no more than the field's type has. */
  readonly size: number;
}

/**
 * A C enum. It decodes to its number, because kernels add members that a layout made earlier does not name.
 *
 * @example
 * ```ts
 * import { codec } from "@irqtrace/decode";
 *
 * const state = { kind: "enum", name: "state", of: "u32", values: { IDLE: 0, BUSY: 1 } } as const;
 * const value = codec(state).decode(new DataView(Uint32Array.of(1).buffer));
 * console.log(value === state.values.BUSY); // true
 * ```
 */
export interface EnumLayout {
  readonly kind: "enum";
  /** The C tag, for messages alone. */
  readonly name: string;
  readonly of: IntegerScalar;
  readonly values: Readonly<Record<string, number>>;
}

/**
 * How a C type lies in memory, as plain data: write it `as const`, or generate it from an object's BTF, and let
 * {@link Value} infer the type that {@link codec} decodes it to.
 *
 * @example
 * ```ts
 * import { layoutSize, type TypeLayout } from "@irqtrace/decode";
 *
 * const matrix: TypeLayout = { kind: "array", length: 2, stride: 8, of: { kind: "array", length: 2, stride: 4, of: "u32" } };
 * console.log(layoutSize(matrix)); // 16
 * ```
 */
export type TypeLayout = Scalar | CharsLayout | BytesLayout | ArrayLayout | StructLayout | EnumLayout;

/**
 * The type that a layout decodes to: a read-only object for a struct, a read-only array for an array, `string` for
 * chars, `Uint8Array` for bytes, `number`, `bigint` or `boolean` for scalars and enums; `unknown` where the layout is
 * known at run time alone.
 *
 * @example
 * ```ts
 * import type { Value } from "@irqtrace/decode";
 *
 * const layout = {
 *   kind: "struct",
 *   name: "cell",
 *   size: 16,
 *   fields: [
 *     { name: "count", offset: 0, type: "u53" },
 *     { name: "started", offset: 8, type: "bool" },
 *   ],
 * } as const;
 * const cell: Value<typeof layout> = { count: 1, started: true };
 * console.log(cell.count); // 1
 * ```
 */
export type Value<L> = [TypeLayout] extends [L] ? unknown : KnownValue<L>;

type KnownValue<L> = L extends "u64" | "i64"
  ? bigint
  : L extends "bool"
    ? boolean
    : L extends Scalar
      ? number
      : L extends EnumLayout
        ? number
        : L extends CharsLayout
          ? string
          : L extends BytesLayout
            ? Uint8Array
            : L extends ArrayLayout
              ? readonly Value<L["of"]>[]
              : L extends StructLayout
                ? { readonly [F in L["fields"][number] as F["name"]]: Value<F["type"]> }
                : never;
