/** The middle and the ends of some measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** @throws RangeError if there is none. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("Nothing was measured.");
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, min: at(0), max: at(sorted.length - 1), count: sorted.length };
}

/**
 * Of one thing by another, measured in the same rounds: round by round.
 *
 * @throws RangeError if there is none.
 */
export const ratios = (values: readonly number[], yardsticks: readonly number[]): Spread =>
  spreadOf(values.map((value, round) => value / (yardsticks[round] ?? Number.NaN)));

/** A mean, and half the width of its 95 % confidence interval. */
export interface Estimate {
  readonly mean: number;
  /** Infinite for a single value, which tells nothing of its spread. */
  readonly plusMinus: number;
}

/** What 97.5 % of Student's t distribution lie below, by degrees of freedom from 1. */
const STUDENT_T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL = 1.96;

/**
 * By Student's t distribution. For pairs of measurements, give the differences.
 *
 * @throws RangeError if there is none.
 */
export function estimate(values: readonly number[]): Estimate {
  if (values.length === 0) throw new RangeError("Nothing was measured.");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const freedom = values.length - 1;
  if (freedom === 0) return { mean, plusMinus: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  return { mean, plusMinus: (STUDENT_T[freedom - 1] ?? NORMAL) * Math.sqrt(variance / values.length) };
}

/** A straight line through points. */
export interface LinearFit {
  readonly slope: number;
  readonly intercept: number;
  /** The share of the variance that the line explains: 1 where all points lie on it. */
  readonly rSquared: number;
}

/**
 * Least squares of y against x.
 *
 * @throws RangeError if fewer than two places of x are given.
 */
export function linearFit(points: readonly (readonly [x: number, y: number])[]): LinearFit {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (term: (dx: number, dy: number) => number): number =>
    points.reduce((total, [x, y]) => total + term(x - meanX, y - meanY), 0);
  const varianceX = sum((dx) => dx * dx);
  if (!(varianceX > 0)) throw new RangeError("A line takes two points at least, at different places.");
  const slope = sum((dx, dy) => dx * dy) / varianceX;
  const varianceY = sum((_, dy) => dy * dy);
  const residual = sum((dx, dy) => (dy - slope * dx) ** 2);
  return { slope, intercept: meanY - slope * meanX, rSquared: varianceY === 0 ? 1 : 1 - residual / varianceY };
}
