import fc from "fast-check";
import type { BitRange, FieldLayout, IntegerScalar, Scalar, StructLayout, TypeLayout } from "../layout.ts";
import { layoutSize } from "../layout-size.ts";

const INTEGERS = ["u8", "i8", "u16", "i16", "u32", "i32", "u53", "i53"] as const satisfies readonly IntegerScalar[];
const SCALARS = ["bool", ...INTEGERS, "u64", "i64", "f32", "f64"] as const satisfies readonly Scalar[];

const scalarLayout: fc.Arbitrary<Scalar> = fc.constantFrom(...SCALARS);
const enumLayout: fc.Arbitrary<TypeLayout> = fc
  .constantFrom(...INTEGERS)
  .map((of) => ({ kind: "enum", name: "state", of, values: { IDLE: 0, BUSY: 1 } }) as const);
const bytesLayout: fc.Arbitrary<TypeLayout> = fc.record({
  kind: fc.constantFrom("chars", "bytes"),
  size: fc.nat({ max: 20 }),
});

function arrayLayout(of: TypeLayout, length: number, gap: number): TypeLayout {
  return { kind: "array", length, stride: Math.max(1, layoutSize(of) + gap), of };
}

interface Member {
  readonly gap: number;
  readonly type: TypeLayout;
  readonly bits: BitRange | null;
}

/** Members one after the other, each after its gap of padding; a bit-field takes the bytes that its bits touch. */
function structLayout(members: readonly Member[]): StructLayout {
  const fields: FieldLayout[] = [];
  let end = 0;
  for (const [index, { gap, type, bits }] of members.entries()) {
    const offset = end + gap;
    const field = { name: `field_${index}`, offset, type };
    fields.push(bits === null ? field : { ...field, bits });
    end = offset + (bits === null ? layoutSize(type) : Math.ceil((bits.offset + bits.size) / 8));
  }
  return { kind: "struct", name: "random", size: end + 3, fields };
}

const bitField: fc.Arbitrary<Member> = fc.constantFrom<Scalar>("bool", ...INTEGERS, "u64", "i64").chain((type) =>
  fc.record({
    gap: fc.nat({ max: 3 }),
    type: fc.constant(type),
    bits: fc.record({ offset: fc.nat({ max: 12 }), size: fc.integer({ min: 1, max: layoutSize(type) * 8 }) }),
  }),
);

const layouts = fc.letrec<{ layout: TypeLayout; member: Member }>((tie) => ({
  layout: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalarLayout,
    enumLayout,
    bytesLayout,
    fc.tuple(tie("layout"), fc.nat({ max: 4 }), fc.nat({ max: 3 })).map((parts) => arrayLayout(...parts)),
    fc.array(tie("member"), { maxLength: 5 }).map(structLayout),
  ),
  member: fc.oneof(fc.record({ gap: fc.nat({ max: 3 }), type: tie("layout"), bits: fc.constant(null) }), bitField),
}));

/** Layouts that do not contradict themselves. */
export const anyLayout: fc.Arbitrary<TypeLayout> = layouts.layout;

function integerBounds(scalar: IntegerScalar | "u64" | "i64", bits: number): { min: bigint; max: bigint } {
  const exact = 2n ** 53n - 1n;
  const signed = scalar.startsWith("i");
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  if (scalar === "u64" || scalar === "i64") return { min, max };
  return { min: min < -exact ? -exact : min, max: max > exact ? exact : max };
}

function scalarValue(scalar: Scalar, bits: number): fc.Arbitrary<unknown> {
  if (scalar === "bool") return fc.boolean();
  if (scalar === "f32") return fc.float();
  if (scalar === "f64") return fc.double();
  const { min, max } = integerBounds(scalar, bits);
  const value = fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max));
  return scalar === "u64" || scalar === "i64" ? value : value.map(Number);
}

/** Strings of so many bytes at most, without NUL. */
function text(size: number): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom("a", "é", "€", "😀", "-", "\u0001")).map((characters) => {
    let result = "";
    for (const character of characters) if (Buffer.byteLength(result + character) <= size) result += character;
    return result;
  });
}

/** Values that the layout can hold. */
export function anyValueOf(type: TypeLayout, bits?: BitRange): fc.Arbitrary<unknown> {
  if (typeof type === "string") return scalarValue(type, bits?.size ?? layoutSize(type) * 8);
  switch (type.kind) {
    case "enum":
      return scalarValue(type.of, bits?.size ?? layoutSize(type) * 8);
    case "chars":
      return text(type.size);
    case "bytes":
      return fc.uint8Array({ minLength: type.size, maxLength: type.size });
    case "array":
      return fc.array(anyValueOf(type.of, undefined), { minLength: type.length, maxLength: type.length });
    case "struct":
      return fc.record(
        Object.fromEntries(type.fields.map((field) => [field.name, anyValueOf(field.type, field.bits)])),
      );
  }
}

/** Bytes inside a larger buffer, so that a read or write outside them can be seen. */
export function windowOf(bytes: Uint8Array, outside: number): { whole: Uint8Array; view: DataView; before: number } {
  const before = 5;
  const whole = new Uint8Array(before + bytes.length + 9).fill(outside);
  whole.set(bytes, before);
  return { whole, view: new DataView(whole.buffer, before, bytes.length), before };
}
