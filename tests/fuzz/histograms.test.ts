import { expect } from "bun:test";
import { BUCKET_COUNT, bucketBounds, bucketIndex, Histogram } from "@irqtrace/decode";
import fc from "fast-check";
import { fuzz } from "./fuzz.ts";

const OPEN_NS = 2 ** 36;
const duration = fc.oneof(
  fc.nat({ max: 20 }),
  fc.tuple(fc.nat({ max: 52 }), fc.nat({ max: 2 ** 20 })).map(([bit, rest]) => 2 ** bit + (rest % 2 ** bit)),
);
const samples = fc.array(duration, { maxLength: 50, size: "max" });
const share = fc.oneof(fc.constantFrom(0, 0.5, 0.9, 0.99, 0.999, 1), fc.double({ min: 0, max: 1, noNaN: true }));

fuzz("histograms: JSON leads back to the same histogram", 5_000, samples, (list) => {
  const histogram = Histogram.fromSamples(list);
  const buckets = JSON.parse(JSON.stringify(histogram));
  expect(Histogram.fromBuckets(buckets)).toEqual(histogram);
  expect(Histogram.from(histogram.counts)).toEqual(histogram);
  for (const [lowNs, highNs, count] of histogram.buckets()) {
    const isLast = bucketIndex(lowNs) === BUCKET_COUNT - 1;
    expect(count).toBe(list.filter((ns) => ns >= lowNs && (ns < highNs || isLast)).length);
  }
});

fuzz("histograms: quantiles are those of the samples, to 6.25 %", 5_000, fc.tuple(samples, share), ([list, q]) => {
  const quantile = Histogram.fromSamples(list).quantileNs(q);
  const sorted = list.toSorted((one, other) => one - other);
  const exact = sorted.find((_, index) => (index + 1) / sorted.length >= q);
  if (exact === undefined) expect(quantile).toBeNaN();
  else if (exact < OPEN_NS) expect(Math.abs(quantile - exact)).toBeLessThanOrEqual(exact / 16);
  else expect(quantile).toBeLessThan(OPEN_NS);
});

const anyNumber = fc.oneof(
  fc.nat({ max: 300 }),
  duration,
  fc.double(),
  fc.constantFrom(-1, -0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 36, 2 ** 53, 2 ** 60),
);
const bucket = fc.oneof(
  fc.tuple(fc.nat({ max: BUCKET_COUNT - 1 }), anyNumber).map(([index, count]): readonly number[] => {
    const { lowNs, highNs } = bucketBounds(index);
    return [lowNs, highNs, count];
  }),
  fc.tuple(anyNumber, anyNumber, anyNumber),
);

fuzz(
  "histograms: damaged buckets are refused, or are buckets",
  10_000,
  fc.array(bucket, { maxLength: 4 }),
  (buckets) => {
    let histogram: Histogram;
    try {
      histogram = Histogram.fromBuckets(buckets.map(([lowNs = 0, highNs = 0, count = 0]) => [lowNs, highNs, count]));
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      return;
    }
    const sum = buckets.reduce((total, [, , count = 0]) => total + count, 0);
    // Beyond that sums may round, in whichever order they are made.
    if (sum <= Number.MAX_SAFE_INTEGER) expect(histogram.count).toBe(sum);
    for (const [lowNs, highNs, count] of buckets as readonly (readonly [number, number, number])[]) {
      if (count > 0) expect(histogram.buckets().map(([low, high]) => [low, high])).toContainEqual([lowNs + 0, highNs]);
    }
  },
);

const counts = fc.array(fc.oneof({ arbitrary: fc.nat({ max: 5 }), weight: 400 }, anyNumber), {
  minLength: BUCKET_COUNT - 1,
  maxLength: BUCKET_COUNT + 1,
});
fuzz("histograms: damaged counts are refused, or are counts", 1_000, counts, (list) => {
  const isRight = list.length === BUCKET_COUNT && list.every((count) => Number.isInteger(count) && count >= 0);
  if (!isRight) expect(() => Histogram.from(list)).toThrow(RangeError);
  else expect(JSON.stringify(Array.from(Histogram.from(list).counts))).toBe(JSON.stringify(list));
});

fuzz("histograms: a difference is what was added, or refused", 2_000, fc.tuple(samples, samples), ([one, other]) => {
  const [earlier, added] = [Histogram.fromSamples(one), Histogram.fromSamples(other)];
  expect(earlier.merge(added).difference(earlier)).toEqual(added);
  const isEarlier = added.buckets().every(([lowNs, , count]) => (earlier.counts[bucketIndex(lowNs)] ?? 0) >= count);
  if (!isEarlier) expect(() => earlier.difference(added)).toThrow(RangeError);
});
