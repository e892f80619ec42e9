import fc from "fast-check";

/** One thing that is wrong with a file. Places are shares of the region, so that a change fits any file. */
export type Damage =
  | { readonly kind: "cut"; readonly place: number }
  | {
      readonly kind: "write";
      readonly region: number;
      readonly place: number;
      readonly bytes: 1 | 2 | 4 | 8;
      readonly value: bigint;
    }
  | { readonly kind: "copy"; readonly from: number; readonly to: number; readonly length: number };

/** First byte and the byte after the last. */
export type Region = readonly [start: number, end: number];

const PLACES = 2 ** 32;

/** Values at which sizes, counts and offsets go wrong. */
const EDGES = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const place = fc.nat({ max: PLACES - 1 });
const writing: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constant("write"),
  region: fc.nat({ max: 255 }),
  place,
  bytes: fc.constantFrom(1, 2, 4, 8),
  value: fc.oneof(
    fc.constantFrom(...EDGES),
    fc.bigInt({ min: 0n, max: 4096n }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  ),
});
const cutting: fc.Arbitrary<Damage> = fc.record({ kind: fc.constant("cut"), place });
const copying: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constant("copy"),
  from: place,
  to: place,
  length: fc.integer({ min: 1, max: 64 }),
});

/** One to eight damages, mostly single numbers. */
export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.oneof({ arbitrary: writing, weight: 10 }, { arbitrary: copying, weight: 1 }, { arbitrary: cutting, weight: 1 }),
  { minLength: 1, maxLength: 8 },
);

/** The damages of a seed, for a process of its own. */
export function damagesOf(seed: number): readonly Damage[] {
  return fc.sample(damages, { seed, numRuns: 1 })[0] ?? [];
}

/** A damaged copy. Writes go to the regions, each as often as any other: a large one must not hide a small one. */
export function damaged(
  bytes: Uint8Array,
  list: readonly Damage[],
  regions: readonly Region[] = [[0, bytes.length]],
): Uint8Array<ArrayBuffer> {
  let copy = Uint8Array.from(bytes);
  for (const damage of list) {
    if (damage.kind === "cut") copy = copy.slice(0, indexAt(damage.place, [0, copy.length]));
    else if (damage.kind === "copy") {
      const from = indexAt(damage.from, [0, copy.length]);
      copy.copyWithin(indexAt(damage.to, [0, copy.length]), from, from + damage.length);
    } else write(copy, damage, regions[damage.region % regions.length] ?? [0, 0]);
  }
  return copy;
}

function write(copy: Uint8Array, { place, bytes, value }: Damage & { kind: "write" }, region: Region): void {
  // Numbers of a file lie at multiples of their size.
  const at = Math.floor(indexAt(place, region) / bytes) * bytes;
  for (let index = 0; index < bytes && at + index < copy.length; index++) {
    copy[at + index] = Number((value >> BigInt(8 * index)) & 0xffn);
  }
}

function indexAt(place: number, [start, end]: Region): number {
  return start + Math.floor((place / PLACES) * (end - start));
}
