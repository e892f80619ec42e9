/**
 * Bytes and layout do not belong together: a buffer shorter than its layout, a field outside its struct, a path that
 * names no field, a schema that differs from the object it is used with.
 *
 * @example
 * ```ts
 * import { codec, LayoutMismatchError } from "@irqtrace/decode";
 *
 * try {
 *   codec("u64").decode(new DataView(new ArrayBuffer(4)));
 * } catch (error) {
 *   console.log(error instanceof LayoutMismatchError); // true
 * }
 * ```
 */
export class LayoutMismatchError extends Error {
  override readonly name: string = "LayoutMismatchError";
}
