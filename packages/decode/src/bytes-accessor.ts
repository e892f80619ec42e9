import type { Accessor } from "./accessor.ts";
import { readUtf8, utf8Bytes } from "./utf8.ts";
import { describe } from "./whole-number.ts";

/** Reads and writes `char[size]` as a string. */
export function charsAccessor(size: number, path: string): Accessor {
  return {
    size,
    read: (view, at) => readUtf8(view, at, size),
    write(value, view, at) {
      if (typeof value !== "string") {
        throw new TypeError(`Cannot write "${path}": a string belongs there, this is ${describe(value)}.`);
      }
      const bytes = utf8Bytes(value);
      if (bytes.length > size || bytes.includes(0)) {
        const why = bytes.length > size ? `takes ${bytes.length} bytes, there are ${size}` : "holds a NUL";
        throw new RangeError(`Cannot write "${path}": ${JSON.stringify(value)} ${why}.`);
      }
      window(view, at, size).set(bytes);
    },
  };
}

/** Reads and writes opaque bytes, as copies. */
export function bytesAccessor(size: number, path: string): Accessor {
  return {
    size,
    read: (view, at) => new Uint8Array(window(view, at, size)),
    write(value, view, at) {
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`Cannot write "${path}": a Uint8Array belongs there, this is ${describe(value)}.`);
      }
      if (value.length !== size) {
        throw new RangeError(`Cannot write "${path}": it has ${size} bytes, these are ${value.length}.`);
      }
      window(view, at, size).set(value);
    },
  };
}

function window(view: DataView, at: number, size: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, size);
}
