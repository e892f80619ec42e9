import { expect, test } from "bun:test";
import { estimate, linearFit, ratios, spreadOf } from "./statistics.ts";

test("a spread is the middle and the ends, whatever the order", () => {
  expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5, count: 3 });
});

test("the middle of an even number of values is between the two in the middle", () => {
  expect(spreadOf([4, 1, 2, 10]).median).toBe(3);
});

test("no values have neither spread nor estimate", () => {
  expect(() => spreadOf([])).toThrow(RangeError);
  expect(() => estimate([])).toThrow(RangeError);
});

test("ratios are taken round by round, not of the medians", () => {
  expect(ratios([10, 40, 90], [10, 20, 30])).toEqual({ median: 2, min: 1, max: 3, count: 3 });
});

test("few values have the wide interval of Student's t", () => {
  const { mean, plusMinus } = estimate([1, 2, 3]);
  expect(mean).toBe(2);
  // A standard deviation of 1, and 4.303 for two degrees of freedom.
  expect(plusMinus).toBeCloseTo(4.303 / Math.sqrt(3), 6);
});

test("many values have the interval of the normal distribution", () => {
  const values = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? -1 : 1));
  expect(estimate(values).plusMinus).toBeCloseTo((1.96 * Math.sqrt(100 / 99)) / 10, 6);
});

test("a single value tells nothing of its interval", () => {
  expect(estimate([7])).toEqual({ mean: 7, plusMinus: Number.POSITIVE_INFINITY });
});

test("equal differences have an interval of no width", () => {
  expect(estimate([3, 3, 3, 3])).toEqual({ mean: 3, plusMinus: 0 });
});

test("points on a line give the line", () => {
  const { slope, intercept, rSquared } = linearFit([
    [0, 1],
    [2, 5],
    [10, 21],
  ]);
  expect(slope).toBeCloseTo(2, 12);
  expect(intercept).toBeCloseTo(1, 12);
  expect(rSquared).toBeCloseTo(1, 12);
});

test("points beside the line leave a part of the variance unexplained", () => {
  const { slope, intercept, rSquared } = linearFit([
    [0, 0],
    [1, 1],
    [2, 0],
  ]);
  expect(slope).toBe(0);
  expect(intercept).toBeCloseTo(1 / 3, 12);
  expect(rSquared).toBeCloseTo(0, 12);
});

test("one place of x gives no line", () => {
  expect(() => linearFit([[1, 2]])).toThrow(RangeError);
  expect(() =>
    linearFit([
      [1, 2],
      [1, 3],
    ]),
  ).toThrow(RangeError);
});
