import { expect, test } from "bun:test";
import { checkIntervalOptions } from "./tracer.ts";

/** What JavaScript callers can pass although the types forbid it. */
const wrong = (value: unknown): never => value as never;

test.each([
  [{ everyMs: wrong("10") }, TypeError, '"everyMs": the string "10" is given. Allowed: a number, 10 or more.'],
  [{ everyMs: wrong(undefined) }, TypeError, '"everyMs": undefined is given'],
  [{ everyMs: 9 }, RangeError, '"everyMs": 9 is given'],
  [{ everyMs: Number.POSITIVE_INFINITY }, RangeError, '"everyMs": Infinity is given'],
  [{ everyMs: 10, count: wrong("2") }, TypeError, '"count": the string "2" is given'],
  [{ everyMs: 10, count: 1.5 }, RangeError, '"count": 1.5 is given. Allowed: a whole number from 1.'],
  [{ everyMs: 10, signal: wrong(null) }, TypeError, '"signal": null is given'],
] as const)("intervals with %p are refused", (options, error, text) => {
  const check = (): void => checkIntervalOptions(options);
  expect(check).toThrow(error);
  expect(check).toThrow(text);
});

test("intervals may be long, and without an end", () => {
  checkIntervalOptions({ everyMs: 10 });
  checkIntervalOptions({ everyMs: 2 ** 40, count: undefined, signal: undefined });
});
