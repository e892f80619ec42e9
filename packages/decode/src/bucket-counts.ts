import { BUCKET_COUNT, bucketBounds, bucketIndex } from "./histogram-buckets.ts";
import type { HistogramBucket } from "./powers-of-two.ts";

/** A checked copy. */
export function copyOfCounts(counts: ArrayLike<number>): Float64Array {
  if (counts.length !== BUCKET_COUNT) {
    throw new RangeError(`A histogram has ${BUCKET_COUNT} buckets, these are ${counts.length}.`);
  }
  const copy = new Float64Array(counts);
  copy.forEach(checkCount);
  return copy;
}

/** How many of the samples each bucket holds. */
export function countsOfSamples(samplesNs: Iterable<number>): Float64Array {
  const counts = new Float64Array(BUCKET_COUNT);
  for (const ns of samplesNs) add(counts, bucketIndex(ns), 1);
  return counts;
}

/** The counts of buckets that are given by their bounds. */
export function countsOfBuckets(buckets: Iterable<HistogramBucket>): Float64Array {
  const counts = new Float64Array(BUCKET_COUNT);
  for (const [lowNs, highNs, count] of buckets) {
    const index = bucketIndex(lowNs);
    const bounds = bucketBounds(index);
    if (bounds.lowNs !== lowNs || bounds.highNs !== highNs) {
      throw new RangeError(`No bucket is [${lowNs}, ${highNs}): the one there is [${bounds.lowNs}, ${bounds.highNs}).`);
    }
    checkCount(count, index);
    add(counts, index, count);
  }
  return counts;
}

/** Bucket by bucket. */
export function sumOfCounts(left: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(left);
  for (let index = 0; index < BUCKET_COUNT; index += 1) add(sums, index, right[index] ?? 0);
  return sums;
}

/** Bucket by bucket, none of which may fall. */
export function differenceOfCounts(later: ArrayLike<number>, earlier: ArrayLike<number>): Float64Array {
  const differences = new Float64Array(later);
  for (let index = 0; index < BUCKET_COUNT; index += 1) {
    add(differences, index, -(earlier[index] ?? 0));
    if ((differences[index] ?? 0) < 0) {
      throw new RangeError(`Cannot take the difference: bucket ${index} held more samples then than now.`);
    }
  }
  return differences;
}

function add(counts: Float64Array, index: number, count: number): void {
  counts[index] = (counts[index] ?? 0) + count;
}

function checkCount(count: number, index: number): void {
  if (Number.isInteger(count) && count >= 0) return;
  throw new RangeError(`Bucket ${index} cannot hold ${count} samples.`);
}
