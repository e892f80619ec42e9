import { copyOfCounts, countsOfBuckets, countsOfSamples, differenceOfCounts, sumOfCounts } from "./bucket-counts.ts";
import { BUCKET_COUNT, bucketBounds, bucketIndex, bucketMiddleNs } from "./histogram-buckets.ts";
import { type HistogramBucket, powersOfTwo } from "./powers-of-two.ts";

/**
 * How many events took how long: counts in log-linear buckets ({@link bucketIndex}), immutable. Every statistic of
 * durations below 2^36 ns (68.7 s) is within 6.25 % of that of the samples themselves.
 *
 * @example
 * ```ts
 * import { Histogram } from "@irqtrace/decode";
 *
 * const histogram = Histogram.fromSamples([900, 1100, 1200, 50_000]);
 * console.log(histogram.count, histogram.quantileNs(0.5)); // 4 1088
 * ```
 */
export class Histogram {
  /**
   * No samples: where folds of histograms start.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * const all = [[10, 20], [30]].map((samples) => Histogram.fromSamples(samples));
   * console.log(all.reduce((sum, each) => sum.merge(each), Histogram.empty).count); // 3
   * ```
   */
  static readonly empty: Histogram = new Histogram(new Float64Array(BUCKET_COUNT));

  /** The count of each bucket, by index. */
  readonly counts: ArrayLike<number>;
  /** Samples in all. */
  readonly count: number;

  private constructor(counts: Float64Array) {
    this.counts = counts;
    let total = 0;
    // An iterator takes several times as long, and every row of every interval passes here.
    for (let index = 0; index < BUCKET_COUNT; index += 1) total += counts[index] ?? 0;
    this.count = total;
  }

  /**
   * From the counts of all buckets, by index. They are copied.
   *
   * @throws {RangeError} when there are not {@link BUCKET_COUNT} of them, or one is negative or not a whole number.
   *
   * @example
   * ```ts
   * import { BUCKET_COUNT, Histogram, readU53s } from "@irqtrace/decode";
   *
   * const mapBytes = new DataView(new ArrayBuffer(BUCKET_COUNT * 8));
   * mapBytes.setUint32(5 * 8, 2, true);
   * console.log(Histogram.from(readU53s(mapBytes, 0, BUCKET_COUNT)).buckets()); // [ [ 5, 6, 2 ] ]
   * ```
   */
  static from(counts: ArrayLike<number>): Histogram {
    return new Histogram(copyOfCounts(counts));
  }

  /**
   * From single durations in whole nanoseconds.
   *
   * @throws {RangeError} when one is negative or not a whole number.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * console.log(Histogram.fromSamples([3, 3, 4]).buckets()); // [ [ 3, 4, 2 ], [ 4, 5, 1 ] ]
   * ```
   */
  static fromSamples(samplesNs: Iterable<number>): Histogram {
    return new Histogram(countsOfSamples(samplesNs));
  }

  /**
   * From what {@link Histogram.buckets} gave, such as the `histogram` of a row that was printed as JSON.
   *
   * @throws {RangeError} when bounds are not those of a bucket, or a count is negative or not a whole number.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * const text = JSON.stringify(Histogram.fromSamples([1000, 2000]));
   * console.log(text); // [[960,1024,1],[1920,2048,1]]
   * console.log(Histogram.fromBuckets(JSON.parse(text)).count); // 2
   * ```
   */
  static fromBuckets(buckets: Iterable<HistogramBucket>): Histogram {
    return new Histogram(countsOfBuckets(buckets));
  }

  /**
   * The duration that the share `q` of all samples does not exceed, in whole nanoseconds: the middle of the bucket that
   * holds the nearest-rank quantile, the smallest sample with at least the share `q` of all samples at or below it.
   * At most 6.25 % from that sample, when it is below 2^36 ns. `NaN` without samples.
   *
   * @throws {RangeError} when `q` is not between 0 and 1.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * const histogram = Histogram.fromSamples(Array.from({ length: 1000 }, (_, index) => index + 1));
   * console.log(histogram.quantileNs(0.5), histogram.quantileNs(0.99)); // 496 992
   * ```
   */
  quantileNs(q: number): number {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`A quantile is between 0 and 1, this is ${q}.`);
    let atOrBelow = 0;
    let last = Number.NaN;
    for (let index = 0; index < BUCKET_COUNT; index += 1) {
      const count = this.counts[index] ?? 0;
      if (count === 0) continue;
      atOrBelow += count;
      last = bucketMiddleNs(index);
      // As a quotient: q * count is inexact, 0.07 * 100 is above 7.
      if (atOrBelow / this.count >= q) break;
    }
    return last;
  }

  /**
   * The samples of both. Counts may round beyond 2^53.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * const cpu0 = Histogram.fromSamples([10, 12]);
   * const cpu1 = Histogram.fromSamples([12]);
   * console.log(cpu0.merge(cpu1).buckets()); // [ [ 10, 11, 1 ], [ 12, 13, 2 ] ]
   * ```
   */
  merge(other: Histogram): Histogram {
    return new Histogram(sumOfCounts(this.counts, other.counts));
  }

  /**
   * The samples that came since `earlier`, an earlier state of the same cumulative histogram.
   *
   * @throws {RangeError} when a bucket of `earlier` holds more samples: it is not an earlier state of this one.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * const before = Histogram.fromSamples([10]);
   * const after = before.merge(Histogram.fromSamples([500]));
   * console.log(after.difference(before).buckets()); // [ [ 480, 512, 1 ] ]
   * ```
   */
  difference(earlier: Histogram): Histogram {
    return new Histogram(differenceOfCounts(this.counts, earlier.counts));
  }

  /**
   * The buckets that hold samples, shortest durations first.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * console.log(Histogram.fromSamples([100, 2, 101]).buckets()); // [ [ 2, 3, 1 ], [ 96, 104, 2 ] ]
   * ```
   */
  buckets(): HistogramBucket[] {
    const rows: HistogramBucket[] = [];
    for (let index = 0; index < BUCKET_COUNT; index += 1) {
      const count = this.counts[index] ?? 0;
      if (count === 0) continue;
      const { lowNs, highNs } = bucketBounds(index);
      rows.push([lowNs, highNs, count]);
    }
    return rows;
  }

  /**
   * The same samples in ranges of powers of two, [0, 1), [1, 2), [2, 4), [4, 8) ... ns: exact sums, because no bucket
   * crosses a power of two. From the first range that holds samples to the last, empty ones between them included.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * console.log(Histogram.fromSamples([5, 6, 30]).powersOfTwo()); // [ [ 4, 8, 2 ], [ 8, 16, 0 ], [ 16, 32, 1 ] ]
   * ```
   */
  powersOfTwo(): HistogramBucket[] {
    return powersOfTwo(this.counts);
  }

  /**
   * Nanoseconds: the sum of the samples is not less.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * console.log(Histogram.fromSamples([1000, 1010]).lowerSumNs); // 1920
   * ```
   */
  get lowerSumNs(): number {
    let sum = 0;
    for (const [lowNs, , count] of this.buckets()) sum += lowNs * count;
    return sum;
  }

  /**
   * Nanoseconds: the sum of the samples is not more. `Infinity` when the last bucket, which has no end, holds samples.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * console.log(Histogram.fromSamples([1000, 1010]).upperSumNs); // 2046
   * ```
   */
  get upperSumNs(): number {
    let sum = 0;
    for (const [lowNs, , count] of this.buckets()) sum += longestNs(lowNs) * count;
    return sum;
  }

  /**
   * Nanoseconds: no sample is longer. `Infinity` when the last bucket, which has no end, holds samples; 0 without samples.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * console.log(Histogram.fromSamples([4, 1000]).upperMaxNs); // 1023
   * ```
   */
  get upperMaxNs(): number {
    const longest = this.buckets().at(-1);
    return longest === undefined ? 0 : longestNs(longest[0]);
  }

  /**
   * For `JSON.stringify`: the same as {@link Histogram.buckets}.
   *
   * @example
   * ```ts
   * import { Histogram } from "@irqtrace/decode";
   *
   * console.log(JSON.stringify({ histogram: Histogram.fromSamples([3]) })); // {"histogram":[[3,4,1]]}
   * ```
   */
  toJSON(): HistogramBucket[] {
    return this.buckets();
  }
}

/** The longest duration that the bucket which starts at `lowNs` counts. */
function longestNs(lowNs: number): number {
  const index = bucketIndex(lowNs);
  return index === BUCKET_COUNT - 1 ? Number.POSITIVE_INFINITY : bucketBounds(index).highNs - 1;
}
