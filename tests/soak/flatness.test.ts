import { describe, expect, test } from "bun:test";
import { growthOf } from "./flatness.ts";

const SECONDS = 120;
const atNs = Array.from({ length: SECONDS }, (_, second) => 5e9 + second * 1e9);

/** Memory that grows by so much a second, below garbage that is collected every seven seconds. */
const saw = (bytesPerSecond: number): number[] =>
  atNs.map((_, second) => 60e6 + second * bytesPerSecond + (second % 7) * 3e6);

describe("the growth of memory", () => {
  test("is none where garbage alone comes and goes", () => {
    expect(Math.abs(growthOf(atNs, saw(0)).gainedBytes)).toBeLessThan(0.5e6);
  });

  test("is that of a leak below the garbage", () => {
    const { gainedBytes, bytesPerHour } = growthOf(atNs, saw(1e6));
    expect(gainedBytes).toBeWithin(118e6, 120e6);
    expect(bytesPerHour).toBeWithin(3_550e6, 3_650e6);
    expect(growthOf(atNs, saw(20_000)).gainedBytes).toBeWithin(2e6, 3e6);
  });

  test("is not moved by a few odd moments", () => {
    const odd = saw(0).map((bytes, second) => (second > 100 && second < 106 ? bytes + 200e6 : bytes));
    expect(Math.abs(growthOf(atNs, odd).gainedBytes)).toBeLessThan(0.5e6);
    expect(Math.abs(growthOf(atNs, saw(0).with(60, 1e6)).gainedBytes)).toBeLessThan(0.5e6);
  });

  test("is negative where memory is given back", () => {
    expect(growthOf(atNs, saw(-100_000)).gainedBytes).toBeLessThan(-10e6);
  });

  test("is not told from a few samples", () => {
    expect(() => growthOf(atNs.slice(0, 5), saw(0))).toThrow(RangeError);
  });
});
