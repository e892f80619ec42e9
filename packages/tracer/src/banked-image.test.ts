import { describe, expect, test } from "bun:test";
import { BankedImage, type BankedMap } from "./banked-image.ts";

const u64s = { kind: "array", length: 2, stride: 8, of: "u64" } as const;
// { u64 mark; u64 counts[2]; u64 sums[2]; } with a gap between them.
const map: BankedMap = {
  name: "cells",
  value: {
    kind: "struct",
    name: "cell",
    size: 48,
    fields: [
      { name: "mark", offset: 0, type: "u64" },
      { name: "counts", offset: 8, type: u64s },
      { name: "other", offset: 24, type: "u64" },
      { name: "sums", offset: 32, type: u64s },
    ],
  },
  banks: ["sums", "counts"],
};

const reading = (...words: readonly bigint[]): Uint32Array => new Uint32Array(BigUint64Array.from(words).buffer);
const words = (image: BankedImage): bigint[] => {
  const { bytes } = image.raw();
  return [...new BigUint64Array(bytes.slice().buffer)];
};

describe("the image of a banked map", () => {
  test("takes the idle bank and what lies outside the banks", () => {
    const image = new BankedImage(map, 1);
    image.settle(reading(1n, 10n, 11n, 5n, 20n, 21n), 0, 0);
    expect(words(image)).toEqual([1n, 10n, 0n, 5n, 20n, 0n]);
    image.settle(reading(2n, 12n, 13n, 6n, 22n, 23n), 0, 1);
    expect(words(image)).toEqual([2n, 10n, 13n, 6n, 20n, 23n]);
  });

  test("treats the values of all CPUs alike", () => {
    const image = new BankedImage(map, 2);
    image.settle(reading(1n, 10n, 11n, 5n, 20n, 21n, 3n, 30n, 31n, 7n, 40n, 41n), 0, 1);
    expect(words(image)).toEqual([1n, 0n, 11n, 5n, 0n, 21n, 3n, 0n, 31n, 7n, 0n, 41n]);
    expect(image.raw()).toMatchObject({ entries: 1, cpus: 2, valueStride: 48 });
  });

  test("takes banks of hundreds of words to their own place, too", () => {
    const bank = { kind: "array", length: 100, stride: 8, of: "u64" } as const;
    const banks = { kind: "array", length: 2, stride: 800, of: bank } as const;
    const value = {
      kind: "struct",
      name: "wide",
      size: 1600,
      fields: [{ name: "banks", offset: 0, type: banks }],
    } as const;
    const image = new BankedImage({ name: "wide", value, banks: ["banks"] }, 2);
    const countedFrom = (start: number): bigint[] => Array.from({ length: 400 }, (_, index) => BigInt(start + index));
    const [first, second] = [countedFrom(0), countedFrom(1000)];
    image.settle(reading(...first), 1, 0);
    image.settle(reading(...second), 1, 1);
    const ofCpu = (at: number): bigint[] => [...first.slice(at, at + 100), ...second.slice(at + 100, at + 200)];
    expect(words(image)).toEqual([...Array(400).fill(0n), ...ofCpu(0), ...ofCpu(200)]);
  });

  test("grows with the entries it is shown, and keeps what it had", () => {
    const image = new BankedImage(map, 1);
    image.settle(reading(1n, 10n, 11n, 5n, 20n, 21n), 0, 0);
    image.settle(reading(2n, 12n, 13n, 6n, 22n, 23n), 2, 0);
    expect(image.raw().entries).toBe(3);
    expect(words(image)).toEqual([1n, 10n, 0n, 5n, 20n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 2n, 12n, 0n, 6n, 22n, 0n]);
  });

  test("tells whether a number differs from what it knows, on any CPU and in either half", () => {
    const image = new BankedImage(map, 2);
    const known = [1n, 10n, 0n, 5n, 20n, 0n, 3n, 30n, 0n, 7n, 40n, 0n];
    image.settle(reading(...known), 0, 0);
    expect(image.differs(reading(...known), 0, 8)).toBe(false);
    expect(image.differs(reading(...known.with(7, 31n)), 0, 8)).toBe(true);
    expect(image.differs(reading(...known.with(1, 10n + 2n ** 32n)), 0, 8)).toBe(true);
    expect(image.differs(reading(...known, ...known), 1, 8)).toBe(true);
  });

  test("takes what it has never seen for zero", () => {
    const image = new BankedImage(map, 1);
    expect(image.differs(reading(0n, 0n, 0n, 0n, 0n, 0n), 0, 8)).toBe(false);
    expect(image.differs(reading(0n, 1n, 0n, 0n, 0n, 0n), 0, 8)).toBe(true);
  });
});
