import { expect, test } from "bun:test";
import fc from "fast-check";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import { addU53s, maxU53, perCpuStride, readU53, readU53s, sumU53 } from "./u53.ts";

const RUNS = { seed: 30, numRuns: 300 };
const LARGEST = 2n ** 53n - 1n;
const counter = fc.oneof(fc.nat(), fc.maxSafeNat());

/** The values at `byteOffset` of a view that starts 3 bytes into its buffer: no alignment to rely on. */
function viewOf(values: readonly bigint[], byteOffset = 0): DataView {
  const start = 3;
  const buffer = new Uint8Array(start + byteOffset + values.length * 8 + 5).fill(0xff).buffer;
  const view = new DataView(buffer, start, byteOffset + values.length * 8);
  for (const [index, value] of values.entries()) view.setBigUint64(byteOffset + index * 8, value, true);
  return view;
}

test("every u64 up to 2^53 - 1 reads as the same number, at any offset", () => {
  fc.assert(
    fc.property(fc.array(counter), fc.nat({ max: 9 }), (numbers, byteOffset) => {
      const view = viewOf(numbers.map(BigInt), byteOffset);
      expect([...readU53s(view, byteOffset, numbers.length)]).toEqual(numbers);
      expect(numbers.map((_, index) => readU53(view, byteOffset + index * 8))).toEqual(numbers);
    }),
    RUNS,
  );
});

test("a single u64 above 2^53 - 1 throws instead of being rounded", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: LARGEST + 1n, max: 2n ** 64n - 1n }), (value) => {
      const view = viewOf([1n, value]);
      expect(() => readU53s(view, 0, 2)).toThrow(RangeError);
      expect(() => readU53(view, 8)).toThrow(`byte 8" as a number: ${value} is beyond 2^53 - 1`);
      expect(() => addU53s(view, 0, new Float64Array(2))).toThrow(RangeError);
      expect(() => sumU53(view, 0, 8, 2)).toThrow(RangeError);
      expect(() => maxU53(view, 0, 8, 2)).toThrow(RangeError);
    }),
    RUNS,
  );
  expect(readU53(viewOf([LARGEST]), 0)).toBe(Number.MAX_SAFE_INTEGER);
});

test("a sum of values may go beyond 2^53 - 1: it rounds", () => {
  const view = viewOf([LARGEST, LARGEST, LARGEST]);
  expect(sumU53(view, 0, 8, 3)).toBe(Number(3n * LARGEST));
  const sums = Float64Array.of(Number.MAX_SAFE_INTEGER);
  addU53s(view, 0, sums);
  expect(sums[0]).toBe(2 * Number.MAX_SAFE_INTEGER);
});

test("per-CPU items fold to the sum and the maximum of what each CPU holds", () => {
  const item = fc.tuple(fc.integer({ min: 8, max: 40 }), fc.array(fc.nat(), { minLength: 1, maxLength: 16 }));
  fc.assert(
    fc.property(item, fc.nat({ max: 100 }), ([valueSize, ofCpus], byteOffset) => {
      const stride = perCpuStride(valueSize);
      const view = new DataView(new ArrayBuffer(byteOffset + stride * ofCpus.length));
      for (const [cpu, value] of ofCpus.entries()) view.setUint32(byteOffset + cpu * stride, value, true);
      expect(sumU53(view, byteOffset, stride, ofCpus.length)).toBe(ofCpus.reduce((sum, value) => sum + value, 0));
      expect(maxU53(view, byteOffset, stride, ofCpus.length)).toBe(Math.max(...ofCpus));
    }),
    RUNS,
  );
});

test("adding the arrays of several CPUs gives the sum of each element", () => {
  const view = viewOf([1n, 2n, 3n, 10n, 20n, 30n]);
  const sums = new Float64Array(3);
  for (const offset of [0, 24]) addU53s(view, offset, sums);
  expect([...sums]).toEqual([11, 22, 33]);
});

test("the kernel's stride between CPUs is the size rounded up to 8", () => {
  expect([1, 8, 9, 2176].map(perCpuStride)).toEqual([8, 8, 16, 2176]);
});

test("values that the view does not hold are refused before any is used", () => {
  const view = viewOf([1n, 2n]);
  const sums = new Float64Array(3);
  expect(() => addU53s(view, 0, sums)).toThrow(LayoutMismatchError);
  expect([...sums]).toEqual([0, 0, 0]);
  expect(() => readU53s(view, 1, 2)).toThrow("they end at byte 17, the view has 16");
  expect(() => sumU53(view, 0, 16, 2)).toThrow(LayoutMismatchError);
  expect(() => maxU53(view, 0, 9, 2)).toThrow(LayoutMismatchError);
  expect(readU53s(view, 16, 0).length).toBe(0);
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("%p is no offset, stride or count", (wrong) => {
  const view = viewOf([1n, 2n]);
  expect(() => readU53s(view, wrong, 1)).toThrow(RangeError);
  expect(() => sumU53(view, 0, wrong, 1)).toThrow(RangeError);
  expect(() => maxU53(view, 0, 8, wrong)).toThrow(RangeError);
});
