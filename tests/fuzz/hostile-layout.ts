import type { FieldLayout, TypeLayout } from "@irqtrace/decode";
import fc from "fast-check";
import { anyLayout } from "../../packages/decode/src/testing/any-layout.ts";

/** One number of a layout that is not what it was. */
interface Change {
  /** Which of its numbers, counted around. */
  readonly which: number;
  readonly value: number;
}

const changes = fc.array(
  fc.record({
    which: fc.nat({ max: 30 }),
    value: fc.oneof(
      fc.nat({ max: 70 }),
      fc.constantFrom(
        0,
        -1,
        0.5,
        8.5,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        2 ** 31,
        2 ** 32,
        2 ** 53 - 1,
        2 ** 53,
        2 ** 60,
      ),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

/** What takes no bytes takes none however often it is there. */
const emptyElements = fc.constant({ kind: "array", length: 2, stride: 1, of: { kind: "bytes", size: 0 } } as const);

/** Layouts of which some numbers are wrong: sizes, offsets, lengths, strides, bits. */
export const hostileLayout: fc.Arbitrary<TypeLayout> = fc
  .tuple(fc.oneof({ arbitrary: anyLayout, weight: 9 }, { arbitrary: emptyElements, weight: 1 }), changes)
  .map(([layout, list]) => list.reduce((changed, change) => withNumber(changed, change), layout));

function withNumber(layout: TypeLayout, { which, value }: Change): TypeLayout {
  const total = count(layout);
  if (total === 0) return layout;
  let left = which % total;
  return mapNumbers(layout, (number) => (left-- === 0 ? value : number));
}

function count(layout: TypeLayout): number {
  let numbers = 0;
  mapNumbers(layout, (number) => {
    numbers++;
    return number;
  });
  return numbers;
}

function mapNumbers(layout: TypeLayout, change: (number: number) => number): TypeLayout {
  if (typeof layout === "string" || layout.kind === "enum") return layout;
  if (layout.kind === "array") {
    const { length, stride } = layout;
    return { ...layout, length: change(length), stride: change(stride), of: mapNumbers(layout.of, change) };
  }
  if (layout.kind !== "struct") return { ...layout, size: change(layout.size) };
  const fields = layout.fields.map(({ name, offset, type, bits }): FieldLayout => {
    const changed = { name, offset: change(offset), type: mapNumbers(type, change) };
    return bits === undefined
      ? changed
      : { ...changed, bits: { offset: change(bits.offset), size: change(bits.size) } };
  });
  return { ...layout, size: change(layout.size), fields };
}
