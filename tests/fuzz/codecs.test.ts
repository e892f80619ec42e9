import { describe, expect } from "bun:test";
import * as objects from "@irqtrace/bpf-objects/layouts";
import {
  addU53s,
  codec,
  fieldAt,
  LayoutMismatchError,
  layoutSize,
  maxU53,
  type ObjectSchema,
  readU53s,
  type StructLayout,
  sumU53,
  type TypeLayout,
} from "@irqtrace/decode";
import fc from "fast-check";
import { anyLayout, anyValueOf, windowOf } from "../../packages/decode/src/testing/any-layout.ts";
import { fuzz } from "./fuzz.ts";
import { hostileLayout } from "./hostile-layout.ts";

/** Every layout that the project's objects have. */
const OWN: readonly TypeLayout[] = Object.values<ObjectSchema>(objects).flatMap(({ maps, sections }) =>
  [
    ...Object.values(maps).flatMap(({ key, value }) => [key, value]),
    ...[sections.rodata, sections.data, sections.bss],
  ].filter((layout) => layout !== null && layout !== undefined),
);
const OWN_STRUCTS = OWN.filter(
  (layout): layout is StructLayout => typeof layout === "object" && layout.kind === "struct",
);
const MAX_DECODED_BYTES = 1 << 20;

/** What a call gives or throws, if that is an error of ours. */
function outcomeOf(call: () => unknown): unknown {
  try {
    return { value: call() };
  } catch (error) {
    if (!(error instanceof LayoutMismatchError || error instanceof RangeError)) throw error;
    return { name: error.name, message: error.message };
  }
}

/** Decodes the same bytes amid zeros and amid ones: who looks outside sees a difference. */
function decodeInWindows(layout: TypeLayout, bytes: Uint8Array, byteOffset: number): unknown {
  const [amidZeros, amidOnes] = [0x00, 0xff].map((outside) =>
    outcomeOf(() => codec(layout).decode(windowOf(bytes, outside).view, byteOffset)),
  );
  expect(amidZeros).toEqual(amidOnes);
  return amidZeros;
}

const SUBJECTS = [
  { whose: "the project's layouts", layouts: fc.constantFrom(...OWN), runs: 3_000 },
  { whose: "random layouts", layouts: anyLayout, runs: 6_000 },
];

describe.each(SUBJECTS)("$whose", ({ whose, layouts, runs }) => {
  const valued = layouts.chain((layout) => fc.tuple(fc.constant(layout), anyValueOf(layout)));
  fuzz(`${whose}: what was encoded is decoded`, runs, valued, ([layout, value]) => {
    const { encode, decode, size } = codec(layout);
    const view = new DataView(new ArrayBuffer(size));
    encode(value, view);
    expect(decode(view)).toEqual(value);
  });

  const random = layouts.chain((layout) => {
    const size = layoutSize(layout);
    return fc.tuple(fc.constant(layout), fc.uint8Array({ minLength: size, maxLength: size + 8 }), fc.nat({ max: 12 }));
  });
  fuzz(`${whose}: random bytes are decoded or refused, and none outside of them is read`, runs, random, (input) => {
    const [layout, bytes, byteOffset] = input;
    const fits = byteOffset + layoutSize(layout) <= bytes.length;
    const refused = expect.objectContaining({ name: "LayoutMismatchError" });
    const outcome = decodeInWindows(layout, bytes, byteOffset);
    if (fits) expect(outcome).not.toEqual(refused);
    else expect(outcome).toEqual(refused);
  });

  const truncated = valued.chain(([layout, value]) =>
    fc.tuple(fc.constant(layout), fc.constant(value), fc.nat({ max: Math.max(0, layoutSize(layout) - 1) })),
  );
  fuzz(`${whose}: truncated bytes are refused`, runs, truncated, ([layout, value, length]) => {
    if (layoutSize(layout) === 0) return;
    const { view, whole } = windowOf(new Uint8Array(length), 0xaa);
    expect(() => codec(layout).decode(view)).toThrow(LayoutMismatchError);
    const before = whole.slice();
    expect(() => codec(layout).encode(value, view)).toThrow(LayoutMismatchError);
    expect(whole).toEqual(before);
  });
});

fuzz("layouts with damaged numbers are refused or usable", 10_000, hostileLayout, (layout) => {
  let made: ReturnType<typeof codec>;
  try {
    made = codec(layout);
  } catch (error) {
    expect(error).toBeInstanceOf(LayoutMismatchError);
    return;
  }
  if (made.size <= MAX_DECODED_BYTES) decodeInWindows(layout, new Uint8Array(made.size), 0);
});

const steps = fc.array(
  fc.oneof(
    fc.constantFrom("[0]", "[1]", "[271]", "[272]", "[-1]", "[1.5]", "[", "]", ".", "", "[9999999999999999999]"),
    fc.string(),
  ),
  { maxLength: 3 },
);
const namesOf = (struct: StructLayout): string[] => struct.fields.map(({ name }) => name);
const paths = fc
  .constantFrom(...OWN_STRUCTS)
  .chain((struct) => fc.tuple(fc.constant(struct), fc.constantFrom(...namesOf(struct), "", "no_such_field"), steps));
fuzz("paths lead to a place within the struct, or to none", 6_000, paths, ([struct, name, rest]) => {
  try {
    const { offset, type } = fieldAt(struct, [name, ...rest].join(""));
    expect(offset).toBeWithin(0, struct.size + 1);
    expect(offset + layoutSize(type)).toBeLessThanOrEqual(struct.size);
  } catch (error) {
    if (!(error instanceof LayoutMismatchError)) throw error;
  }
});

const edge = fc.oneof(
  fc.nat({ max: 12 }),
  fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 53 - 1, 2 ** 60),
);
const reads = fc.record({
  words: fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 100n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), {
    maxLength: 6,
  }),
  byteOffset: edge,
  stride: edge,
  count: edge,
});
/** A billion times the same number is no mistake, but takes its time. */
const MAX_READS = 1 << 16;

fuzz("adjacent u64 are what BigInt reads, or refused", 6_000, reads, ({ words, byteOffset, stride, count }) => {
  if (stride === 0 && count > MAX_READS) return;
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer);
  const { view } = windowOf(bytes, 0x01);
  const isWhole = [byteOffset, stride, count].every((number) => Number.isSafeInteger(number) && number >= 0);
  const end = count === 0 ? byteOffset : byteOffset + (count - 1) * stride + 8;
  const adjacent = { read: 0, sum: 0, fits: isWhole && end <= bytes.length };
  const values = adjacent.fits
    ? Array.from({ length: count }, (_, index) => view.getBigUint64(byteOffset + index * stride, true))
    : [];
  const isExact = values.every((value) => value < 2n ** 53n);
  const oracle = (fold: () => number): unknown =>
    adjacent.fits && isExact ? { value: fold() } : expect.objectContaining({ name: expect.any(String) });
  const numbers = values.map(Number);
  expect(outcomeOf(() => sumU53(view, byteOffset, stride, count))).toEqual(
    oracle(() => numbers.reduce((sum, each) => sum + each, 0)),
  );
  expect(outcomeOf(() => maxU53(view, byteOffset, stride, count))).toEqual(oracle(() => Math.max(0, ...numbers)));
  if (stride !== 8 || !isWhole || count > MAX_READS) return;
  expect(outcomeOf(() => [...readU53s(view, byteOffset, count)])).toEqual(
    adjacent.fits && isExact ? { value: numbers } : expect.objectContaining({ name: expect.any(String) }),
  );
  const sums = new Float64Array(count).fill(1);
  const added = outcomeOf(() => addU53s(view, byteOffset, sums));
  if (adjacent.fits && isExact) expect([...sums]).toEqual(numbers.map((number) => number + 1));
  else expect(added).toMatchObject({ name: expect.any(String) });
});
