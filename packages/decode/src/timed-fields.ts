import type { Histogram } from "./histogram.ts";

/**
 * The time columns that every timed row has, hardirq or softirq alike. All times in ns.
 *
 * @example
 * ```ts
 * import { Histogram, timedFields } from "@irqtrace/decode";
 *
 * const histogram = Histogram.fromSamples([1_000, 1_000, 9_000]);
 * const fields = timedFields({ count: 3, totalNs: 11_000, maxNs: 9_000, histogram });
 * console.log(fields.maxNs, Math.round(fields.avgNs)); // 9000 3667
 * ```
 */
export interface TimedFields {
  readonly totalNs: number;
  /** `totalNs` less what other interrupts that were traced took meanwhile. Present with exclusive times. */
  readonly selfNs?: number;
  readonly avgNs: number;
  /** Exact, unless the row comes from `difference()`. */
  readonly maxNs: number;
  /**
   * Percentiles: the middle of the bucket that holds the rank, and never above `maxNs`. At most 6.25 % off below 68.7 s
   * (2^36 ns); all that takes longer is in the last bucket, and gives no more than 66.6 s.
   */
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  /** Log-linear distribution of the same events. */
  readonly histogram: Histogram;
}

/** What a timed row is made from. */
export interface TimedEvents {
  readonly count: number;
  readonly totalNs: number;
  /** What others took of it; absent where that was not measured. */
  readonly takenNs?: number | undefined;
  readonly maxNs: number;
  readonly histogram: Histogram;
}

/**
 * Derives a row's average and percentiles from what was counted. See {@link TimedFields}.
 *
 * @example
 * ```ts
 * import { Histogram, timedFields } from "@irqtrace/decode";
 *
 * const histogram = Histogram.fromSamples([500, 500, 700]);
 * const { avgNs, p50Ns, p99Ns } = timedFields({ count: 3, totalNs: 1700, maxNs: 700, histogram });
 * console.log(Math.round(avgNs), p50Ns, p99Ns); // 567 496 672
 * ```
 */
export function timedFields({ count, totalNs, takenNs, maxNs, histogram }: TimedEvents): TimedFields {
  // Nothing has no quantiles; a row of a vector that only began to run has no time yet.
  const quantile = (q: number): number => (count === 0 ? 0 : Math.min(histogram.quantileNs(q), maxNs));
  return {
    totalNs,
    // Two clock readings may disagree by some ns; nobody takes more than there is.
    ...(takenNs === undefined ? {} : { selfNs: Math.max(0, totalNs - takenNs) }),
    avgNs: count === 0 ? 0 : totalNs / count,
    maxNs,
    p50Ns: quantile(0.5),
    p90Ns: quantile(0.9),
    p99Ns: quantile(0.99),
    p999Ns: quantile(0.999),
    histogram,
  };
}
