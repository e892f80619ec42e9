import { expect, test } from "bun:test";
import { checkBatchOptions, checkSlowOptions } from "./slow-options.ts";
import { defaultEventLimit, ringBytes } from "./trace-slow.ts";

/** What JavaScript callers can pass although the types forbid it. */
const wrong = (value: unknown): never => value as never;

test.each([
  [{ overNs: -1 }, RangeError, "a whole number from 0"],
  [{ overNs: 1.5 }, RangeError, '"overNs": 1.5'],
  [{ overNs: Number.NaN }, RangeError, "overNs"],
  [{ overNs: wrong("100us") }, TypeError, "overNs"],
  [{ eventLimit: 0 }, RangeError, "a whole number from 1"],
  [{ stack: wrong("yes") }, TypeError, "true or false"],
  [{ classes: [] }, RangeError, "an empty array"],
  [{ classes: wrong(["devices"]) }, RangeError, '"device", "vector"'],
  [{ classes: wrong("device") }, TypeError, "an array of"],
  [{ flavour: wrong("kprobe") }, RangeError, "tp_btf"],
  [{ cpus: [] }, RangeError, "at least one CPU"],
] as const)("%p is refused", (options, error, text) => {
  expect(() => checkSlowOptions(options)).toThrow(error);
  expect(() => checkSlowOptions(options)).toThrow(text);
});

test.each([
  [{ everyMs: 0 }, RangeError, '"everyMs": 0'],
  [{ everyMs: Number.POSITIVE_INFINITY }, RangeError, "a number from 1"],
  [{ everyMs: wrong("50") }, TypeError, '"50" is given'],
  [{ signal: wrong(null) }, TypeError, "an AbortSignal"],
] as const)("batches with %p are refused", (options, error, text) => {
  expect(() => checkBatchOptions(options)).toThrow(error);
  expect(() => checkBatchOptions(options)).toThrow(text);
});

test("batches may be far apart, and nothing needs to be said of them", () => {
  for (const options of [{}, { everyMs: undefined, signal: undefined }, { everyMs: 2 ** 40 }])
    checkBatchOptions(options);
});

test("nothing at all is fine, and so is undefined", () => {
  checkSlowOptions({});
  checkSlowOptions({ overNs: undefined, classes: undefined, stack: undefined, eventLimit: undefined, cpus: undefined });
  checkSlowOptions({ overNs: 0, classes: ["raise"], stack: true, eventLimit: 1 });
});

test("few CPUs may report more each than many, and the buffer has room for 100 ms of all", () => {
  expect([1, 2, 16, 8192].map(defaultEventLimit)).toEqual([1_000, 1_000, 312, 50]);
  expect(ringBytes(2, 1_000, true)).toBeGreaterThanOrEqual(2 * 1_000 * 1_160);
  for (const cpus of [1, 2, 128, 8192]) {
    for (const withStack of [true, false]) {
      const bytes = ringBytes(cpus, defaultEventLimit(cpus), withStack);
      expect(Number.isInteger(Math.log2(bytes))).toBe(true);
      expect(bytes).toBeWithin(1 << 18, (1 << 24) + 1);
    }
  }
});
