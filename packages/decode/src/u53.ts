import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import { tooLargeForNumber } from "./whole-number.ts";

const TWO_TO_32 = 2 ** 32;
const U53_SIZE = 8;

/**
 * One u64 as a number, without making a `bigint`.
 *
 * @param name What it is, for the error; its place when absent.
 * @throws {RangeError} when it is beyond 2^53 - 1, or the view ends earlier.
 *
 * @example
 * ```ts
 * import { readU53 } from "@irqtrace/decode";
 *
 * console.log(readU53(new DataView(BigUint64Array.of(7n, 2n ** 40n).buffer), 8)); // 1099511627776
 * ```
 */
export function readU53(view: DataView, byteOffset: number, name?: string): number {
  // Two 32-bit reads take a third of the time of a 64-bit one; and unlike a typed array over the same bytes they need
  // neither alignment nor a little-endian machine.
  const value = view.getUint32(byteOffset + 4, true) * TWO_TO_32 + view.getUint32(byteOffset, true);
  // Rounding cannot hide an excess: whatever is too large rounds to 2^53 or more.
  if (value > Number.MAX_SAFE_INTEGER) {
    throw tooLargeForNumber(view.getBigUint64(byteOffset, true), name ?? `byte ${byteOffset}`);
  }
  return value;
}

/**
 * Reads `length` adjacent u64, as counters and histogram buckets lie in map bytes, without making a `bigint` each.
 *
 * @throws {LayoutMismatchError} when the view ends earlier.
 * @throws {RangeError} when one of them is beyond 2^53 - 1.
 *
 * @example
 * ```ts
 * import { readU53s } from "@irqtrace/decode";
 *
 * const bytes = new DataView(BigUint64Array.of(1n, 2n, 3n).buffer);
 * console.log([...readU53s(bytes, 8, 2)]); // [ 2, 3 ]
 * ```
 */
export function readU53s(view: DataView, byteOffset: number, length: number): Float64Array {
  checkStrides(view, byteOffset, U53_SIZE, length);
  const values = new Float64Array(length);
  for (let index = 0; index < length; index += 1) {
    values[index] = readU53(view, byteOffset + index * U53_SIZE);
  }
  return values;
}

/**
 * Adds adjacent u64 to `sums`, one to each element: what folds the bucket arrays of several CPUs into one. The sums may
 * round beyond 2^53; no single value may.
 *
 * @throws {LayoutMismatchError} when the view ends earlier; `sums` is then unchanged.
 * @throws {RangeError} when one of the values is beyond 2^53 - 1; `sums` is then part changed.
 *
 * @example
 * ```ts
 * import { addU53s } from "@irqtrace/decode";
 *
 * const sums = new Float64Array(2);
 * const bytes = new DataView(BigUint64Array.of(1n, 2n, 10n, 20n).buffer);
 * for (const cpuOffset of [0, 16]) addU53s(bytes, cpuOffset, sums);
 * console.log([...sums]); // [ 11, 22 ]
 * ```
 */
export function addU53s(view: DataView, byteOffset: number, sums: Float64Array): void {
  const { length } = sums;
  checkStrides(view, byteOffset, U53_SIZE, length);
  for (let index = 0; index < length; index += 1) {
    sums[index] = (sums[index] ?? 0) + readU53(view, byteOffset + index * U53_SIZE);
  }
}

/**
 * The bytes from one CPU's value to the next in an item of a per-CPU map: the kernel rounds the value's size up to 8.
 * An item holds one value per possible CPU, online or not.
 *
 * @example
 * ```ts
 * import { perCpuStride } from "@irqtrace/decode";
 *
 * const possibleCpus = 4;
 * console.log(perCpuStride(12) * possibleCpus); // 64
 * ```
 */
export function perCpuStride(valueSize: number): number {
  return Math.ceil(valueSize / 8) * 8;
}

/**
 * The sum of `count` u64, one every `strideBytes`: one counter of all CPUs. It may round beyond 2^53.
 *
 * @throws {LayoutMismatchError} when the view ends earlier.
 * @throws {RangeError} when one of them is beyond 2^53 - 1.
 *
 * @example
 * ```ts
 * import { perCpuStride, sumU53 } from "@irqtrace/decode";
 *
 * // Two CPUs, a value of { u64 count; u64 total_ns; } each.
 * const item = new DataView(BigUint64Array.of(3n, 900n, 5n, 100n).buffer);
 * console.log(sumU53(item, 8, perCpuStride(16), 2)); // 1000
 * ```
 */
export function sumU53(view: DataView, byteOffset: number, strideBytes: number, count: number): number {
  checkStrides(view, byteOffset, strideBytes, count);
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += readU53(view, byteOffset + index * strideBytes);
  return sum;
}

/**
 * The largest of `count` u64, one every `strideBytes`; 0 when `count` is 0.
 *
 * @throws {LayoutMismatchError} when the view ends earlier.
 * @throws {RangeError} when one of them is beyond 2^53 - 1.
 *
 * @example
 * ```ts
 * import { maxU53, perCpuStride } from "@irqtrace/decode";
 *
 * const item = new DataView(BigUint64Array.of(3n, 900n, 5n, 100n).buffer);
 * console.log(maxU53(item, 8, perCpuStride(16), 2)); // 900
 * ```
 */
export function maxU53(view: DataView, byteOffset: number, strideBytes: number, count: number): number {
  checkStrides(view, byteOffset, strideBytes, count);
  let max = 0;
  for (let index = 0; index < count; index += 1) {
    max = Math.max(max, readU53(view, byteOffset + index * strideBytes));
  }
  return max;
}

function checkStrides(view: DataView, byteOffset: number, strideBytes: number, count: number): void {
  for (const whole of [byteOffset, strideBytes, count]) {
    if (!Number.isSafeInteger(whole) || whole < 0) {
      throw new RangeError(`Cannot read u64 values: ${whole} is no offset, stride or count.`);
    }
  }
  const end = count === 0 ? byteOffset : byteOffset + (count - 1) * strideBytes + U53_SIZE;
  if (end > view.byteLength) {
    throw new LayoutMismatchError(
      `Cannot read ${count} u64 from byte ${byteOffset} on: they end at byte ${end}, the view has ${view.byteLength}.`,
    );
  }
}
