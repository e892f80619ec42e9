import { expect, test } from "bun:test";
import { cpuMask } from "./cpu-mask.ts";

const possible = Array.from({ length: 130 }, (_, cpu) => cpu);

test("each CPU is one bit, 32 to a word, the lowest first", () => {
  const mask = cpuMask([0, 3, 31, 32, 129], possible);
  expect(mask).toHaveLength(256);
  expect(mask.slice(0, 5)).toEqual([0x8000_0009, 1, 0, 0, 2]);
});

test("a CPU named twice is one bit", () => {
  expect(cpuMask([5, 5], possible)[0]).toBe(32);
});

test("a CPU that the machine cannot have is refused with what it can", () => {
  expect(() => cpuMask([2], [0, 1, 4])).toThrow(
    "Cannot filter by CPU 2: this machine has no such CPU. Possible: 0-1,4.",
  );
});
