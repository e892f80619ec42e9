import { expect, test } from "bun:test";
import { cpuMask } from "./cpu-mask.ts";

const possible = Array.from({ length: 130 }, (_, cpu) => cpu);

test("each CPU is one bit, 64 to a word, the lowest first", () => {
  const mask = cpuMask([0, 3, 63, 64, 129], possible);
  expect(mask).toHaveLength(128);
  expect(mask.slice(0, 4)).toEqual([1n | (1n << 3n) | (1n << 63n), 1n, 2n, 0n]);
});

test("a CPU named twice is one bit", () => {
  expect(cpuMask([5, 5], possible)[0]).toBe(32n);
});

test("a CPU that the machine cannot have is refused with what it can", () => {
  expect(() => cpuMask([2], [0, 1, 4])).toThrow("Cannot filter by CPU 2: this machine has no such CPU. Possible: 0-1,4.");
});
