/**
 * Buckets of a {@link Histogram}: 8 of one nanosecond each for 0 to 7 ns, then 8 equal ones for every power of two up
 * to 2^36 ns (68.7 s), the log-linear arrangement of HDR histograms. The BPF programs keep the same buckets.
 *
 * @example
 * ```ts
 * import { BUCKET_COUNT, bucketIndex } from "@irqtrace/decode";
 *
 * console.log(bucketIndex(2 ** 36 - 1) === BUCKET_COUNT - 1); // true
 * ```
 */
export const BUCKET_COUNT = 272;

const SUB_BUCKETS = 8;
const SUB_BUCKET_BITS = 3;
const TOO_LARGE_NS = 2 ** 36;
const TWO_TO_32 = 2 ** 32;

/**
 * Nanoseconds from `lowNs` on and below `highNs`.
 *
 * @example
 * ```ts
 * import { type BucketBounds, bucketBounds } from "@irqtrace/decode";
 *
 * const { lowNs, highNs }: BucketBounds = bucketBounds(40);
 * console.log(lowNs, highNs); // 128 144
 * ```
 */
export interface BucketBounds {
  readonly lowNs: number;
  readonly highNs: number;
}

/**
 * The bucket that counts a duration of so many whole nanoseconds. Whatever is 2^36 ns or longer goes into the last one.
 *
 * @throws {RangeError} when `ns` is negative or not a whole number.
 *
 * @example
 * ```ts
 * import { bucketIndex } from "@irqtrace/decode";
 *
 * console.log(bucketIndex(7), bucketIndex(8), bucketIndex(1000)); // 7 8 63
 * ```
 */
export function bucketIndex(ns: number): number {
  if (!Number.isInteger(ns) || ns < 0) throw new RangeError(`${ns} is not a whole number of nanoseconds.`);
  if (ns < SUB_BUCKETS) return ns;
  if (ns >= TOO_LARGE_NS) return BUCKET_COUNT - 1;
  const exponent = ns < TWO_TO_32 ? 31 - Math.clz32(ns) : 63 - Math.clz32(ns / TWO_TO_32);
  const subBucket = Math.floor(ns / 2 ** (exponent - SUB_BUCKET_BITS)) % SUB_BUCKETS;
  return (exponent - SUB_BUCKET_BITS + 1) * SUB_BUCKETS + subBucket;
}

/**
 * The durations that a bucket counts. The bounds of all buckets tile 0 to 2^36 ns without gap or overlap; the last
 * bucket also counts whatever is longer.
 *
 * @throws {RangeError} when there is no such bucket.
 *
 * @example
 * ```ts
 * import { bucketBounds, bucketIndex } from "@irqtrace/decode";
 *
 * console.log(bucketBounds(bucketIndex(1000))); // { lowNs: 960, highNs: 1024 }
 * ```
 */
export function bucketBounds(index: number): BucketBounds {
  if (!Number.isInteger(index) || index < 0 || index >= BUCKET_COUNT) {
    throw new RangeError(`There is no bucket ${index}: they are numbered 0 to ${BUCKET_COUNT - 1}.`);
  }
  return { lowNs: lowNsOf(index), highNs: lowNsOf(index + 1) };
}

/** Where a bucket starts; also for the index after the last one, which is where the last one ends. */
function lowNsOf(index: number): number {
  if (index < SUB_BUCKETS) return index;
  return (SUB_BUCKETS + (index % SUB_BUCKETS)) * 2 ** (Math.floor(index / SUB_BUCKETS) - 1);
}

/** The whole number in the middle of a bucket: at most 6.25 % from every duration below 2^36 ns that it counts. */
export function bucketMiddleNs(index: number): number {
  const { lowNs, highNs } = bucketBounds(index);
  return lowNs + Math.floor((highNs - lowNs) / 2);
}
