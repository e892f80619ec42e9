import { describe, expect, test } from "bun:test";
import { addressOf, cString, detach, scratch, toAddress } from "./ffi.ts";

describe("the address of bytes", () => {
  test("is that of their place in the buffer", () => {
    const buffer = new ArrayBuffer(64);
    const start = addressOf(new Uint8Array(buffer), 0, 64);
    expect(addressOf(new Uint8Array(buffer, 16), 8, 40)).toBe(toAddress(start + 24, "a place"));
  });

  const outside: readonly (readonly [offset: number, length: number])[] = [
    [0, 65],
    [64, 1],
    [-1, 8],
    [60, 8],
    [0, 0],
    [0.5, 8],
    [Number.NaN, 8],
    [0, Number.POSITIVE_INFINITY],
  ];
  test.each(outside)("is not given for offset %d and length %d of 64 bytes", (offset, length) => {
    expect(() => addressOf(scratch(64), offset, length)).toThrow(RangeError);
  });

  test("is not given for an empty buffer", () => {
    expect(() => addressOf(new Uint8Array(0), 0, 0)).toThrow(RangeError);
  });

  test("is not given for a detached buffer", () => {
    const bytes = scratch(64);
    detach(bytes.buffer);
    expect(() => addressOf(bytes, 0, 1)).toThrow(RangeError);
  });
});

const NO_ADDRESSES = [null, undefined, 0, -1, Number.NaN, 2 ** 53, 2n ** 64n - 1n, new Error("as ptr() returns"), "1"];
test("NULL, MAP_FAILED and what is no number are no addresses", () => {
  for (const value of NO_ADDRESSES) expect(() => toAddress(value, "a thing")).toThrow(TypeError);
});

test("text for C ends in NUL and holds no other", () => {
  expect([...cString("é")]).toEqual([0xc3, 0xa9, 0]);
  expect(() => cString("a\0b")).toThrow(TypeError);
});
