import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";
import { BUCKET_COUNT } from "./histogram-buckets.ts";

const RUNS = { seed: 50, numRuns: 300 };

const duration = fc
  .tuple(fc.nat({ max: 35 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([exponent, fraction]) => Math.floor(2 ** exponent * (1 + fraction)));
const samples = fc.array(fc.oneof(duration, fc.nat({ max: 20 })), { maxLength: 60 });
const someSamples = fc.array(fc.oneof(duration, fc.nat({ max: 20 })), { minLength: 1, maxLength: 60 });
const share = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 0.07, 0.5, 0.9, 0.99, 0.999, 1),
  fc.nat({ max: 100 }).map((percent) => percent / 100),
);

/** The smallest sample with at least the share `q` of all samples at or below it. */
function nearestRank(list: readonly number[], q: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted.find((_, index) => (index + 1) / sorted.length >= q) ?? Number.NaN;
}

describe("samples", () => {
  test("each one is counted once", () => {
    fc.assert(
      fc.property(samples, (list) => {
        const histogram = Histogram.fromSamples(list);
        expect(histogram.count).toBe(list.length);
        for (const [lowNs, highNs, count] of histogram.buckets()) {
          expect(count).toBe(list.filter((ns) => ns >= lowNs && ns < highNs).length);
        }
      }),
      RUNS,
    );
  });

  test("their sum and maximum lie within the bounds that the buckets give", () => {
    fc.assert(
      fc.property(samples, (list) => {
        const histogram = Histogram.fromSamples(list.map((ns) => Math.min(ns, 2 ** 35)));
        const sum = list.reduce((total, ns) => total + Math.min(ns, 2 ** 35), 0);
        expect(histogram.lowerSumNs).toBeLessThanOrEqual(sum);
        expect(histogram.upperSumNs).toBeGreaterThanOrEqual(sum);
        expect(histogram.upperSumNs).toBeLessThanOrEqual(1.125 * histogram.lowerSumNs);
        expect(histogram.upperMaxNs).toBeGreaterThanOrEqual(Math.max(0, ...list.map((ns) => Math.min(ns, 2 ** 35))));
      }),
      RUNS,
    );
  });

  test("those too long for the buckets leave the upper bounds open", () => {
    const histogram = Histogram.fromSamples([5, 2 ** 40]);
    expect(histogram.count).toBe(2);
    expect(histogram.upperSumNs).toBe(Number.POSITIVE_INFINITY);
    expect(histogram.upperMaxNs).toBe(Number.POSITIVE_INFINITY);
    expect(histogram.lowerSumNs).toBe(5 + 15 * 2 ** 32);
  });
});

describe("quantiles", () => {
  test("are at most 6.25 % from the nearest-rank quantile of the samples", () => {
    fc.assert(
      fc.property(someSamples, share, (list, q) => {
        const exact = nearestRank(list, q);
        expect(Math.abs(Histogram.fromSamples(list).quantileNs(q) - exact)).toBeLessThanOrEqual(0.0625 * exact);
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });

  test("never fall as the share grows", () => {
    fc.assert(
      fc.property(someSamples, share, share, (list, a, b) => {
        const histogram = Histogram.fromSamples(list);
        expect(histogram.quantileNs(Math.min(a, b))).toBeLessThanOrEqual(histogram.quantileNs(Math.max(a, b)));
      }),
      RUNS,
    );
  });

  test("a share that is exact in decimal takes no sample too many", () => {
    // 0.07 * 100 is 7.000000000000001 in floating point.
    const histogram = Histogram.fromSamples([...Array<number>(7).fill(1), ...Array<number>(93).fill(1000)]);
    expect(histogram.quantileNs(0.07)).toBe(1);
    expect(histogram.quantileNs(0.0701)).toBe(992);
  });

  test("of no samples are not a number", () => {
    expect(Histogram.empty.quantileNs(0.5)).toBeNaN();
  });

  test.each([-0.01, 1.01, Number.NaN, 99])("%p is not a share", (q) => {
    expect(() => Histogram.empty.quantileNs(q)).toThrow(RangeError);
  });
});

describe("merge and difference", () => {
  test("merging is the histogram of all samples, in whatever order and grouping", () => {
    fc.assert(
      fc.property(samples, samples, samples, (first, second, third) => {
        const [a, b, c] = [first, second, third].map((list) => Histogram.fromSamples(list)) as [
          Histogram,
          Histogram,
          Histogram,
        ];
        const all = Histogram.fromSamples([...first, ...second, ...third]);
        expect(a.merge(b).merge(c)).toEqual(all);
        expect(a.merge(b.merge(c))).toEqual(all);
        expect(c.merge(a).merge(b)).toEqual(all);
        expect(a.merge(Histogram.empty)).toEqual(a);
      }),
      RUNS,
    );
  });

  test("merging leaves both sides as they were", () => {
    const [a, b] = [Histogram.fromSamples([1]), Histogram.fromSamples([2])];
    a.merge(b);
    expect([a.buckets(), b.buckets()]).toEqual([[[1, 2, 1]], [[2, 3, 1]]]);
    expect(Histogram.empty.count).toBe(0);
  });

  test("the differences of cumulative histograms are the histograms of their intervals, and add up", () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 6 }), (intervals) => {
        let cumulative = Histogram.empty;
        let sum = Histogram.empty;
        for (const list of intervals) {
          const next = cumulative.merge(Histogram.fromSamples(list));
          const difference = next.difference(cumulative);
          expect(difference).toEqual(Histogram.fromSamples(list));
          sum = sum.merge(difference);
          cumulative = next;
        }
        expect(sum).toEqual(cumulative);
      }),
      RUNS,
    );
  });

  test("the difference from a later state is refused", () => {
    const early = Histogram.fromSamples([10]);
    const late = early.merge(Histogram.fromSamples([12]));
    expect(() => early.difference(late)).toThrow("bucket 12 held more samples then than now");
  });
});

describe("powers of two", () => {
  test("are the exact power-of-two histogram of the samples", () => {
    fc.assert(
      fc.property(samples, (list) => {
        const exact = new Map<number, number>();
        for (const ns of list) {
          const lowNs = ns === 0 ? 0 : Number.parseInt(`1${"0".repeat(ns.toString(2).length - 1)}`, 2);
          exact.set(lowNs, (exact.get(lowNs) ?? 0) + 1);
        }
        const rows = Histogram.fromSamples(list).powersOfTwo();
        expect(rows.filter(([, , count]) => count > 0).map(([lowNs, , count]) => [lowNs, count])).toEqual(
          [...exact].sort(([a], [b]) => a - b),
        );
      }),
      RUNS,
    );
  });

  test("are adjacent from the first that holds samples to the last", () => {
    fc.assert(
      fc.property(someSamples, (list) => {
        const rows = Histogram.fromSamples(list).powersOfTwo();
        for (const [index, [lowNs]] of rows.entries()) if (index > 0) expect(lowNs).toBe(rows[index - 1]?.[1] ?? -1);
        expect(rows.at(0)?.[2]).toBeGreaterThan(0);
        expect(rows.at(-1)?.[2]).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  test("start with a range for 0 and one for 1", () => {
    expect(Histogram.fromSamples([0, 1, 3]).powersOfTwo()).toEqual([
      [0, 1, 1],
      [1, 2, 1],
      [2, 4, 1],
    ]);
    expect(Histogram.empty.powersOfTwo()).toEqual([]);
  });

  test("reach 2^36, where too long durations are counted", () => {
    expect(Histogram.fromSamples([2 ** 50]).powersOfTwo()).toEqual([[2 ** 35, 2 ** 36, 1]]);
  });
});

describe("other forms", () => {
  test("JSON and back is the same histogram", () => {
    fc.assert(
      fc.property(samples, (list) => {
        const histogram = Histogram.fromSamples(list);
        expect(Histogram.fromBuckets(JSON.parse(JSON.stringify(histogram)))).toEqual(histogram);
        expect(Histogram.from(histogram.counts)).toEqual(histogram);
      }),
      RUNS,
    );
  });

  test("counts are copied", () => {
    const counts = new Float64Array(BUCKET_COUNT);
    const histogram = Histogram.from(counts);
    counts[0] = 5;
    expect(histogram.counts[0]).toBe(0);
  });

  test("counts of the wrong number or kind are refused", () => {
    expect(() => Histogram.from([1, 2])).toThrow("A histogram has 272 buckets, these are 2.");
    for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const counts = new Float64Array(BUCKET_COUNT);
      counts[3] = wrong;
      expect(() => Histogram.from(counts)).toThrow(`Bucket 3 cannot hold ${wrong} samples.`);
      expect(() => Histogram.fromBuckets([[3, 4, wrong]])).toThrow(RangeError);
    }
  });

  test("bounds that are not those of a bucket are refused", () => {
    expect(() => Histogram.fromBuckets([[961, 1024, 1]])).toThrow("the one there is [960, 1024)");
    expect(() => Histogram.fromBuckets([[960, 1000, 1]])).toThrow(RangeError);
  });
});
