import { expect, test } from "bun:test";
import fc from "fast-check";
import { readUtf8, utf8Bytes } from "./utf8.ts";

const RUNS = { seed: 20, numRuns: 1000 };
const platformDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

function read(bytes: Uint8Array): string {
  return readUtf8(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength);
}

test("any bytes give the string that the platform's decoder gives up to the first NUL", () => {
  // Lead and continuation bytes at the borders of what UTF-8 allows come up often.
  const tricky = fc.constantFrom(0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf);
  const leads = fc.constantFrom(0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff);
  const byte = fc.oneof(tricky, leads, fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 24 }), (list) => {
      const bytes = Uint8Array.from(list);
      const end = list.includes(0) ? list.indexOf(0) : list.length;
      expect(read(bytes)).toBe(platformDecoder.decode(bytes.subarray(0, end)));
    }),
    RUNS,
  );
});

test("any string becomes the bytes that the platform's encoder makes", () => {
  const codeUnits = fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe010 })));
  fc.assert(
    fc.property(codeUnits, (units) => {
      const text = String.fromCharCode(...units);
      expect(Uint8Array.from(utf8Bytes(text))).toEqual(new TextEncoder().encode(text));
    }),
    RUNS,
  );
});

test("a name that was cut inside a character ends in one replacement character", () => {
  expect(read(Uint8Array.from([0x61, 0xf0, 0x9f, 0x98]))).toBe("a\ufffd");
});
