import { bucketBounds } from "./histogram-buckets.ts";

/**
 * Durations from `lowNs` on and below `highNs`, and how many samples there are.
 *
 * @example
 * ```ts
 * import { Histogram, type HistogramBucket } from "@irqtrace/decode";
 *
 * const [bucket]: readonly HistogramBucket[] = Histogram.fromSamples([1000, 1001]).buckets();
 * console.log(bucket); // [ 960, 1024, 2 ]
 * ```
 */
export type HistogramBucket = readonly [lowNs: number, highNs: number, count: number];

/**
 * Sums buckets into [0, 1), [1, 2), [2, 4), [4, 8) ... ns. Exact, because no bucket crosses a power of two. From the
 * first range that holds samples to the last; ranges between them are there even when empty.
 */
export function powersOfTwo(counts: ArrayLike<number>): HistogramBucket[] {
  const sums: number[] = [];
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index] ?? 0;
    if (count === 0) continue;
    const range = rangeOf(bucketBounds(index).lowNs);
    sums[range] = (sums[range] ?? 0) + count;
  }
  const rows: HistogramBucket[] = [];
  for (let range = 0; range < sums.length; range += 1) {
    const count = sums[range] ?? 0;
    if (count > 0 || rows.length > 0) rows.push([range === 0 ? 0 : 2 ** (range - 1), 2 ** range, count]);
  }
  return rows;
}

/** 0 for 0 ns, then 1 + the exponent of the highest power of two that is not above. */
function rangeOf(ns: number): number {
  return ns === 0 ? 0 : 1 + Math.floor(Math.log2(ns));
}
