import { describe, expect, test } from "bun:test";
import { bankOffsets, epochMaxColumn, maxColumn, sumColumn } from "./column.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import type { RawMap } from "./raw-snapshot.ts";

// Two banks of { u64 count; u64 max_ns; u32 epoch; u32 padding }.
const WORDS = 6;
type Bank = readonly [count: bigint, maxNs: bigint, epoch: bigint];

function mapOf(entries: readonly (readonly (readonly [Bank, Bank])[])[], byteOffset = 0): RawMap {
  const words = entries.flat(3);
  const buffer = new ArrayBuffer(byteOffset + words.length * 8);
  const view = new DataView(buffer, byteOffset);
  for (const [index, word] of words.entries()) view.setBigUint64(index * 8, word, true);
  const cpus = entries[0]?.length ?? 1;
  return { entries: entries.length, cpus, valueStride: WORDS * 8, bytes: new Uint8Array(buffer, byteOffset) };
}

const map = mapOf([
  [
    [
      [1n, 50n, 4n],
      [2n, 70n, 5n],
    ],
    [
      [10n, 90n, 4n],
      [20n, 60n, 3n],
    ],
  ],
  [
    [
      [0n, 0n, 0n],
      [0n, 0n, 0n],
    ],
    [
      [5n, 8n, 2n],
      [0n, 0n, 0n],
    ],
  ],
]);
const count = [0, 24] as const;
const maxima = { max: [8, 32], epoch: [16, 40] } as const;

describe("columns of a per-CPU map", () => {
  test("add up both banks of all CPUs", () => {
    expect([...sumColumn(map, count, false)]).toEqual([33, 5]);
  });

  test("keep CPUs apart when asked to", () => {
    expect([...sumColumn(map, count, true)]).toEqual([3, 30, 0, 5]);
  });

  test("take the largest of several fields", () => {
    expect([...maxColumn(map, maxima.max, false)]).toEqual([90, 8]);
    expect([...maxColumn(map, maxima.max, true)]).toEqual([70, 90, 0, 8]);
  });

  test("count a maximum for an epoch only where its bank was written in that epoch", () => {
    expect([...epochMaxColumn(map, maxima, 5, false)]).toEqual([70, 0]);
    expect([...epochMaxColumn(map, maxima, 4, true)]).toEqual([50, 90, 0, 0]);
    expect([...epochMaxColumn(map, maxima, 6, false)]).toEqual([0, 0]);
  });

  test("respect where the bytes lie in their buffer, aligned or not", () => {
    expect([
      ...sumColumn(
        mapOf(
          [
            [
              [
                [7n, 0n, 0n],
                [1n, 0n, 0n],
              ],
            ],
          ],
          13,
        ),
        count,
        false,
      ),
    ]).toEqual([8]);
  });

  test("refuse a counter that a number cannot hold", () => {
    expect(() =>
      sumColumn(
        mapOf([
          [
            [
              [2n ** 53n, 0n, 0n],
              [0n, 0n, 0n],
            ],
          ],
        ]),
        count,
        false,
      ),
    ).toThrow(RangeError);
  });

  test("refuse bytes that end early", () => {
    const short = { ...map, bytes: map.bytes.subarray(0, map.bytes.length - 1) };
    expect(() => sumColumn(short, count, false)).toThrow(LayoutMismatchError);
    expect(() => maxColumn(short, count, false)).toThrow(LayoutMismatchError);
    expect(() => epochMaxColumn(short, maxima, 1, false)).toThrow(LayoutMismatchError);
  });

  test("refuse a shape that no map has", () => {
    for (const odd of [{ entries: -1 }, { entries: 1.5 }, { entries: Number.NaN }, { cpus: 0 }, { cpus: 0.5 }]) {
      expect(() => sumColumn({ ...map, ...odd }, count, false)).toThrow(LayoutMismatchError);
    }
    // The bytes that it takes are none, and so are not missed.
    expect(() => sumColumn({ ...map, entries: 2 ** 40, valueStride: 0 }, count, false)).toThrow(LayoutMismatchError);
  });
});

test("bankOffsets finds a field in both banks, and refuses one that is not there", () => {
  const bank = {
    kind: "struct",
    name: "bank",
    size: 16,
    fields: [
      { name: "count", offset: 0, type: "u53" },
      { name: "max_ns", offset: 8, type: "u53" },
    ],
  } as const;
  const cell = {
    kind: "struct",
    name: "cell",
    size: 40,
    fields: [{ name: "banks", offset: 8, type: { kind: "array", length: 2, stride: 16, of: bank } }],
  } as const;
  expect(bankOffsets(cell, "banks", "max_ns")).toEqual([16, 32]);
  expect(bankOffsets(cell, "banks", "")).toEqual([8, 24]);
  expect(() => bankOffsets(cell, "banks", "min_ns")).toThrow(LayoutMismatchError);
});
