import type { Accessor } from "./accessor.ts";
import type { BitRange, IntegerScalar, TypeLayout } from "./layout.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import { layoutSize } from "./layout-size.ts";
import { checkWhole, describe, tooLargeForNumber } from "./whole-number.ts";

type BitsScalar = IntegerScalar | "bool" | "u64" | "i64";

/** Reads and writes a bit-field of a struct; `size` is the number of bytes from its offset to its last bit. */
export function bitsAccessor(type: TypeLayout, bits: BitRange, path: string): Accessor {
  const scalar = bitsScalar(type, bits, path);
  const signed = scalar.startsWith("i");
  const size = Math.ceil((bits.offset + bits.size) / 8);
  // From the byte that it begins in: a bigint holds no shift as large as an offset may be.
  const first = Math.floor(bits.offset / 8);
  const touched = size - first;
  const shift = BigInt(bits.offset % 8);
  const mask = ((1n << BigInt(bits.size)) - 1n) << shift;
  return {
    size,
    read(view, at) {
      const raw = (readBytes(view, at + first, touched) & mask) >> shift;
      return fromBits(signed ? BigInt.asIntN(bits.size, raw) : raw, scalar, path);
    },
    write(value, view, at) {
      // Neighbouring bit-fields share these bytes.
      const others = readBytes(view, at + first, touched);
      writeBytes(others | ((toBits(value, scalar, bits.size, path) << shift) & mask), view, at + first, touched);
    },
  };
}

function bitsScalar(type: TypeLayout, bits: BitRange, path: string): BitsScalar {
  // Throws for what is no layout.
  layoutSize(type);
  const scalar = typeof type === "object" && type.kind === "enum" ? type.of : type;
  if (typeof scalar !== "string" || scalar === "f32" || scalar === "f64") {
    throw new LayoutMismatchError(`Cannot lay out "${path}": a bit-field holds an integer, a bool or an enum.`);
  }
  const width = layoutSize(scalar) * 8;
  const fits = Number.isInteger(bits.size) && bits.size >= 1 && bits.size <= width;
  if (!fits || !Number.isSafeInteger(bits.offset) || bits.offset < 0) {
    throw new LayoutMismatchError(
      `Cannot lay out "${path}": ${bits.size} bits from bit ${bits.offset} on are no bit-field of ${scalar}.`,
    );
  }
  return scalar;
}

function readBytes(view: DataView, at: number, size: number): bigint {
  let raw = 0n;
  for (let index = size - 1; index >= 0; index -= 1) raw = (raw << 8n) | BigInt(view.getUint8(at + index));
  return raw;
}

function writeBytes(raw: bigint, view: DataView, at: number, size: number): void {
  let rest = raw;
  for (let index = 0; index < size; index += 1) {
    view.setUint8(at + index, Number(rest & 0xffn));
    rest >>= 8n;
  }
}

function fromBits(value: bigint, scalar: BitsScalar, path: string): boolean | number | bigint {
  if (scalar === "bool") return value !== 0n;
  if (scalar === "u64" || scalar === "i64") return value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw tooLargeForNumber(value, path);
  return number;
}

function toBits(value: unknown, scalar: BitsScalar, size: number, path: string): bigint {
  if (scalar === "bool") {
    if (typeof value === "boolean") return value ? 1n : 0n;
    throw new TypeError(`Cannot write "${path}": a boolean belongs there, this is ${describe(value)}.`);
  }
  const signed = scalar.startsWith("i");
  const lowest = signed ? -(1n << BigInt(size - 1)) : 0n;
  const highest = (1n << BigInt(signed ? size - 1 : size)) - 1n;
  if (scalar === "u64" || scalar === "i64") return checkWhole(value, lowest, highest, path);
  const exact = (bound: bigint): number =>
    Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(bound)));
  return BigInt(checkWhole(value, exact(lowest), exact(highest), path));
}
