import { expect, test } from "bun:test";
import { epochAfter } from "./sampler.ts";

test("epochs are u32, alternate in parity and are never 0", () => {
  expect([1, 2, 0xffff_fffe].map(epochAfter)).toEqual([2, 3, 0xffff_ffff]);
  expect(epochAfter(0xffff_ffff)).toBe(2);
});
