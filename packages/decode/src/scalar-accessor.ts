import type { Accessor } from "./accessor.ts";
import type { Scalar } from "./layout.ts";
import { readU53 } from "./u53.ts";
import { checkWhole, describe, tooLargeForNumber } from "./whole-number.ts";

const TWO_TO_32 = 2 ** 32;

// BPF objects are built for little-endian machines alone (x86_64, arm64), and their maps are read on the same machine
// or from its capture: every access below says so, and none depends on the machine that decodes.
const LITTLE_ENDIAN = true;

interface WholeAccess {
  readonly size: number;
  readonly lowest: number;
  readonly highest: number;
  readonly read: (view: DataView, at: number) => number;
  readonly write: (view: DataView, at: number, value: number) => void;
}

type NarrowInteger = "u8" | "i8" | "u16" | "i16" | "u32" | "i32";

const NARROW: Readonly<Record<NarrowInteger, WholeAccess>> = {
  u8: {
    size: 1,
    lowest: 0,
    highest: 0xff,
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value),
  },
  i8: {
    size: 1,
    lowest: -0x80,
    highest: 0x7f,
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
  },
  u16: {
    size: 2,
    lowest: 0,
    highest: 0xffff,
    read: (view, at) => view.getUint16(at, LITTLE_ENDIAN),
    write: (view, at, value) => view.setUint16(at, value, LITTLE_ENDIAN),
  },
  i16: {
    size: 2,
    lowest: -0x8000,
    highest: 0x7fff,
    read: (view, at) => view.getInt16(at, LITTLE_ENDIAN),
    write: (view, at, value) => view.setInt16(at, value, LITTLE_ENDIAN),
  },
  u32: {
    size: 4,
    lowest: 0,
    highest: 0xffffffff,
    read: (view, at) => view.getUint32(at, LITTLE_ENDIAN),
    write: (view, at, value) => view.setUint32(at, value, LITTLE_ENDIAN),
  },
  i32: {
    size: 4,
    lowest: -0x80000000,
    highest: 0x7fffffff,
    read: (view, at) => view.getInt32(at, LITTLE_ENDIAN),
    write: (view, at, value) => view.setInt32(at, value, LITTLE_ENDIAN),
  },
};

/** Reads and writes one scalar; `path` names it in errors. */
export function scalarAccessor(scalar: Scalar, path: string): Accessor {
  switch (scalar) {
    case "bool":
      return boolAccessor(path);
    case "u53":
    case "i53":
      return exactNumberAccessor(scalar, path);
    case "u64":
    case "i64":
      return bigintAccessor(scalar, path);
    case "f32":
    case "f64":
      return floatAccessor(scalar, path);
    default:
      return narrowAccessor(NARROW[scalar], path);
  }
}

function narrowAccessor(access: WholeAccess, path: string): Accessor {
  return {
    size: access.size,
    read: access.read,
    write(value, view, at) {
      access.write(view, at, checkWhole(value, access.lowest, access.highest, path));
    },
  };
}

function boolAccessor(path: string): Accessor {
  return {
    size: 1,
    read: (view, at) => view.getUint8(at) !== 0,
    write(value, view, at) {
      if (typeof value !== "boolean") {
        throw new TypeError(`Cannot write "${path}": a boolean belongs there, this is ${describe(value)}.`);
      }
      view.setUint8(at, value ? 1 : 0);
    },
  };
}

function exactNumberAccessor(scalar: "u53" | "i53", path: string): Accessor {
  const signed = scalar === "i53";
  const lowest = signed ? Number.MIN_SAFE_INTEGER : 0;
  return {
    size: 8,
    read: signed ? (view, at) => i53At(view, at, path) : (view, at) => readU53(view, at, path),
    write(value, view, at) {
      const whole = checkWhole(value, lowest, Number.MAX_SAFE_INTEGER, path);
      view.setUint32(at, whole % TWO_TO_32, LITTLE_ENDIAN);
      view.setInt32(at + 4, Math.floor(whole / TWO_TO_32), LITTLE_ENDIAN);
    },
  };
}

function i53At(view: DataView, at: number, path: string): number {
  const value = view.getInt32(at + 4, LITTLE_ENDIAN) * TWO_TO_32 + view.getUint32(at, LITTLE_ENDIAN);
  if (!Number.isSafeInteger(value)) throw tooLargeForNumber(view.getBigInt64(at, LITTLE_ENDIAN), path);
  return value;
}

function bigintAccessor(scalar: "u64" | "i64", path: string): Accessor {
  const signed = scalar === "i64";
  const lowest = signed ? -(2n ** 63n) : 0n;
  const highest = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  return {
    size: 8,
    read: signed
      ? (view, at) => view.getBigInt64(at, LITTLE_ENDIAN)
      : (view, at) => view.getBigUint64(at, LITTLE_ENDIAN),
    write(value, view, at) {
      // The same 8 bytes either way: a negative value wraps to its two's complement.
      view.setBigInt64(at, checkWhole(value, lowest, highest, path), LITTLE_ENDIAN);
    },
  };
}

function floatAccessor(scalar: "f32" | "f64", path: string): Accessor {
  const narrow = scalar === "f32";
  return {
    size: narrow ? 4 : 8,
    read: narrow ? (view, at) => view.getFloat32(at, LITTLE_ENDIAN) : (view, at) => view.getFloat64(at, LITTLE_ENDIAN),
    write(value, view, at) {
      if (typeof value !== "number") {
        throw new TypeError(`Cannot write "${path}": a number belongs there, this is ${describe(value)}.`);
      }
      if (narrow) view.setFloat32(at, value, LITTLE_ENDIAN);
      else view.setFloat64(at, value, LITTLE_ENDIAN);
    },
  };
}
