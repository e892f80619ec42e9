import { compileLayout, layoutName } from "./compile-layout.ts";
import type { TypeLayout, Value } from "./layout.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";

/**
 * Turns bytes into values and back. Made once by {@link codec}, then used for any number of values.
 *
 * @example
 * ```ts
 * import { type Codec, codec } from "@irqtrace/decode";
 *
 * const counter: Codec<number> = codec("u53");
 * console.log(counter.size); // 8
 * ```
 */
export interface Codec<T> {
  /** Bytes of one value. */
  readonly size: number;
  /**
   * The value in `size` bytes from `byteOffset` (default 0) of the view on.
   *
   * @throws {LayoutMismatchError} when the view ends earlier.
   * @throws {RangeError} when a `u53` or `i53` holds more than 2^53 - 1.
   */
  decode(view: DataView, byteOffset?: number): T;
  /**
   * Writes a value into `size` bytes from `byteOffset` (default 0) of the view on, padding as zero. When it throws,
   * these bytes are left part written.
   *
   * @throws {LayoutMismatchError} when the view ends earlier.
   * @throws {RangeError} when a number, string or array does not fit its field.
   * @throws {TypeError} when a field is missing or of another type.
   */
  encode(value: T, view: DataView, byteOffset?: number): void;
}

/**
 * Compiles a layout into a codec. The work is done here, once: keep the codec. All access is little-endian, as the
 * machines are that BPF objects are built for (x86_64, arm64), whatever the machine that decodes.
 *
 * @throws {LayoutMismatchError} when the layout contradicts itself: a field outside its struct, elements that overlap.
 *
 * @example
 * ```ts
 * import { codec } from "@irqtrace/decode";
 *
 * const bank = codec({
 *   kind: "struct",
 *   name: "bank",
 *   size: 24,
 *   fields: [
 *     { name: "count", offset: 0, type: "u53" },
 *     { name: "total_ns", offset: 8, type: "u53" },
 *     { name: "name", offset: 16, type: { kind: "chars", size: 8 } },
 *   ],
 * });
 * const view = new DataView(new ArrayBuffer(bank.size));
 * bank.encode({ count: 2, total_ns: 1500, name: "eth0" }, view);
 * const { count, total_ns } = bank.decode(view);
 * console.log(total_ns / count); // 750
 * ```
 */
export function codec<const L extends TypeLayout>(layout: L): Codec<Value<L>>;
export function codec(layout: TypeLayout): Codec<unknown> {
  const name = layoutName(layout);
  const accessor = compileLayout(layout, name);
  const { size } = accessor;
  return {
    size,
    decode(view, byteOffset = 0) {
      checkBounds(view, byteOffset, size, name);
      return accessor.read(view, byteOffset);
    },
    encode(value, view, byteOffset = 0) {
      checkBounds(view, byteOffset, size, name);
      new Uint8Array(view.buffer, view.byteOffset + byteOffset, size).fill(0);
      accessor.write(value, view, byteOffset);
    },
  };
}

function checkBounds(view: DataView, byteOffset: number, size: number, name: string): void {
  if (Number.isSafeInteger(byteOffset) && byteOffset >= 0 && byteOffset + size <= view.byteLength) return;
  throw new LayoutMismatchError(
    `Cannot use ${name} at byte ${byteOffset}: it takes ${size} bytes, the view has ${view.byteLength}.`,
  );
}
