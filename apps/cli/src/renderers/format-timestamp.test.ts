import { expect, test } from "bun:test";
import { formatTimestamp } from "./format-timestamp.ts";

const DATE = new Date("2026-03-29T00:59:58.007Z");

const TIMESTAMPS: readonly (readonly [offsetMinutes: number | null, text: string])[] = [
  [null, "2026-03-29T00:59:58.007Z"],
  [0, "2026-03-29T00:59:58.007+00:00"],
  [120, "2026-03-29T02:59:58.007+02:00"],
  [345, "2026-03-29T06:44:58.007+05:45"],
  [-570, "2026-03-28T15:29:58.007-09:30"],
];

for (const [offsetMinutes, text] of TIMESTAMPS) {
  test(`with an offset of ${offsetMinutes} minutes it is ${text}, the same instant`, () => {
    expect(formatTimestamp(DATE, offsetMinutes)).toBe(text);
    expect(new Date(text).getTime()).toBe(DATE.getTime());
  });
}
