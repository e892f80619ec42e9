import { expect, test } from "bun:test";
import { parseInterval } from "./parse-interval.ts";

const INTERVALS: readonly (readonly [text: string, ms: number])[] = [
  ["1", 1000],
  ["1s", 1000],
  ["100ms", 100],
  ["0.01", 10],
  ["10ms", 10],
  ["0.5", 500],
  [".5s", 500],
  ["1.001", 1001],
  ["12.5ms", 12.5],
  ["0.0105", 10.5],
  ["007", 7000],
  ["1000000", 1_000_000_000],
];

for (const [text, ms] of INTERVALS) {
  test(`an interval of ${text} is ${ms} ms`, () => {
    expect(parseInterval(text)).toBe(ms);
  });
}

test("an interval just short of 10 ms is not rounded up to it", () => {
  expect(() => parseInterval("9.99999999ms")).toThrow("interval: got");
});
