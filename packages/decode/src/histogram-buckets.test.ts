import { expect, test } from "bun:test";
import fc from "fast-check";
import { BUCKET_COUNT, bucketBounds, bucketIndex, bucketMiddleNs } from "./histogram-buckets.ts";

const RUNS = { seed: 40, numRuns: 2000 };
const TOO_LARGE_NS = 2 ** 36;

/** Every order of magnitude alike, up to 2^36 - 1. */
const duration = fc
  .tuple(fc.nat({ max: 35 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([exponent, fraction]) => Math.floor(2 ** exponent * (1 + fraction)));

const everyIndex = Array.from({ length: BUCKET_COUNT }, (_, index) => index);

test("the bounds tile 0 to 2^36 ns without gap or overlap", () => {
  let end = 0;
  for (const index of everyIndex) {
    const { lowNs, highNs } = bucketBounds(index);
    expect(lowNs).toBe(end);
    expect(highNs).toBeGreaterThan(lowNs);
    end = highNs;
  }
  expect(end).toBe(TOO_LARGE_NS);
});

test("the first and the last duration within the bounds of a bucket belong to it", () => {
  for (const index of everyIndex) {
    const { lowNs, highNs } = bucketBounds(index);
    expect([bucketIndex(lowNs), bucketIndex(highNs - 1)]).toEqual([index, index]);
  }
});

test("every duration lies within the bounds of its bucket", () => {
  fc.assert(
    fc.property(duration, (ns) => {
      const { lowNs, highNs } = bucketBounds(bucketIndex(ns));
      expect(lowNs <= ns && ns < highNs).toBe(true);
    }),
    RUNS,
  );
});

test("the index is the one that the kernel computes with shifts of 64-bit integers", () => {
  const kernelIndex = (ns: bigint): number => {
    if (ns < 8n) return Number(ns);
    const exponent = ns.toString(2).length - 1;
    return Math.min(271, (exponent - 2) * 8 + Number((ns >> BigInt(exponent - 3)) & 7n));
  };
  fc.assert(
    fc.property(duration, (ns) => {
      expect(bucketIndex(ns)).toBe(kernelIndex(BigInt(ns)));
    }),
    RUNS,
  );
});

test("the middle of a bucket is at most 6.25 % from every duration in it", () => {
  for (const index of everyIndex) {
    const { lowNs, highNs } = bucketBounds(index);
    const middle = bucketMiddleNs(index);
    expect(Number.isInteger(middle)).toBe(true);
    for (const ns of [lowNs, highNs - 1]) expect(Math.abs(middle - ns)).toBeLessThanOrEqual(0.0625 * ns);
  }
});

test("whatever is too long goes into the last bucket", () => {
  expect([TOO_LARGE_NS, 2 ** 37 + 1, 2 ** 63].map(bucketIndex)).toEqual([271, 271, 271]);
});

test.each([-1, 0.5, 8.5, Number.NaN, Number.POSITIVE_INFINITY])("%p is no whole number of nanoseconds", (ns) => {
  expect(() => bucketIndex(ns)).toThrow(RangeError);
});

test.each([-1, 0.5, BUCKET_COUNT, Number.NaN])("there is no bucket %p", (index) => {
  expect(() => bucketBounds(index)).toThrow(RangeError);
});
