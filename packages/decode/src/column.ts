import { fieldAt } from "./field-at.ts";
import type { StructLayout } from "./layout.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import type { RawMap } from "./raw-snapshot.ts";
import { readU53 } from "./u53.ts";

/**
 * The two places of one u64 of a banked value: of bank 0 and of bank 1, in bytes from the value's start.
 *
 * @example
 * ```ts
 * import type { BankOffsets } from "@irqtrace/decode";
 *
 * const count: BankOffsets = [8, 64];
 * console.log(count[1] - count[0]); // 56, the size of a bank
 * ```
 */
export type BankOffsets = readonly [number, number];

/**
 * Finds a field in both banks of a value.
 *
 * @param banks Path of the array of two banks, "banks" for instance.
 * @param field Path within a bank, "times.count" for instance; "" for the bank itself.
 * @throws LayoutMismatchError if there is no such field.
 *
 * @example
 * ```ts
 * import { bankOffsets } from "@irqtrace/decode";
 *
 * const bank = { kind: "struct", name: "bank", size: 8, fields: [{ name: "count", offset: 0, type: "u53" }] } as const;
 * const cell = {
 *   kind: "struct",
 *   name: "cell",
 *   size: 16,
 *   fields: [{ name: "banks", offset: 0, type: { kind: "array", length: 2, stride: 8, of: bank } }],
 * } as const;
 * console.log(bankOffsets(cell, "banks", "count")); // [ 0, 8 ]
 * ```
 */
export function bankOffsets(layout: StructLayout, banks: string, field: string): BankOffsets {
  const suffix = field === "" ? "" : `.${field}`;
  return [fieldAt(layout, `${banks}[0]${suffix}`).offset, fieldAt(layout, `${banks}[1]${suffix}`).offset];
}

/**
 * A view over a raw map's bytes.
 *
 * @throws LayoutMismatchError if they are fewer than its shape says, or no map has that shape.
 *
 * @example
 * ```ts
 * import { viewOf } from "@irqtrace/decode";
 *
 * const bytes = new Uint8Array(BigUint64Array.of(7n, 9n).buffer);
 * console.log(viewOf({ entries: 2, cpus: 1, valueStride: 8, bytes }).getUint32(8, true)); // 9
 * ```
 */
export function viewOf(map: RawMap): DataView {
  const { entries, cpus, valueStride } = map;
  if (!(Number.isSafeInteger(entries) && entries >= 0 && isCount(cpus) && isCount(valueStride))) {
    throw new LayoutMismatchError(
      `Cannot decode a map of ${entries} entries with ${cpus} values of ${valueStride} bytes: there is none. Pass the snapshot as capture() gave it.`,
    );
  }
  const expected = entries * cpus * valueStride;
  if (!(map.bytes.byteLength >= expected)) {
    throw new LayoutMismatchError(
      `Cannot decode a map of ${entries} entries: it takes ${expected} bytes, and ${map.bytes.byteLength} are given. Pass the snapshot as capture() gave it.`,
    );
  }
  return new DataView(map.bytes.buffer, map.bytes.byteOffset, map.bytes.byteLength);
}

const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 1;

/** Calls `visit(cell, valueOffset)` for every value; `cell` counts entries, or entries times CPUs when `perCpu`. */
function forEachValue(map: RawMap, perCpu: boolean, visit: (cell: number, valueOffset: number) => void): void {
  const { entries, cpus, valueStride } = map;
  let valueOffset = 0;
  for (let entry = 0; entry < entries; entry++) {
    for (let cpu = 0; cpu < cpus; cpu++, valueOffset += valueStride) {
      visit(perCpu ? entry * cpus + cpu : entry, valueOffset);
    }
  }
}

const cellsOf = (map: RawMap, perCpu: boolean): number => map.entries * (perCpu ? map.cpus : 1);

/**
 * A counter of every entry: the sum of its two banks, summed over the CPUs unless `perCpu`.
 *
 * @returns One number per entry; with `perCpu` one per entry and CPU, the CPUs of an entry side by side.
 * @throws RangeError if a single counter is above 2^53 - 1. LayoutMismatchError if bytes are missing.
 *
 * @example
 * ```ts
 * import { sumColumn } from "@irqtrace/decode";
 *
 * const bytes = new Uint8Array(BigUint64Array.of(1n, 2n, 10n, 20n).buffer);
 * const map = { entries: 1, cpus: 2, valueStride: 16, bytes };
 * console.log(sumColumn(map, [0, 8], false)); // Float64Array(1) [ 33 ]
 * console.log(sumColumn(map, [0, 8], true)); // Float64Array(2) [ 3, 30 ]
 * ```
 */
export function sumColumn(map: RawMap, [first, second]: BankOffsets, perCpu: boolean): Float64Array {
  const view = viewOf(map);
  const column = new Float64Array(cellsOf(map, perCpu));
  forEachValue(map, perCpu, (cell, offset) => {
    column[cell] = (column[cell] ?? 0) + readU53(view, offset + first) + readU53(view, offset + second);
  });
  return column;
}

/**
 * The largest of the given u64 fields of every entry, over the CPUs too unless `perCpu`.
 *
 * @throws RangeError if a value is above 2^53 - 1. LayoutMismatchError if bytes are missing.
 *
 * @example
 * ```ts
 * import { maxColumn } from "@irqtrace/decode";
 *
 * const bytes = new Uint8Array(BigUint64Array.of(1n, 2n, 10n, 20n).buffer);
 * console.log(maxColumn({ entries: 1, cpus: 2, valueStride: 16, bytes }, [0, 8], false)); // Float64Array(1) [ 20 ]
 * ```
 */
export function maxColumn(map: RawMap, offsets: readonly number[], perCpu: boolean): Float64Array {
  const view = viewOf(map);
  const column = new Float64Array(cellsOf(map, perCpu));
  forEachValue(map, perCpu, (cell, offset) => {
    for (const field of offsets) {
      const value = readU53(view, offset + field);
      if (value > (column[cell] ?? 0)) column[cell] = value;
    }
  });
  return column;
}

/** Where a bank keeps its maximum, and the u32 that says of which epoch it is. */
export interface EpochMaxOffsets {
  readonly max: BankOffsets;
  readonly epoch: BankOffsets;
}

/**
 * The maximum of the epoch that has just ended: of the bank that its parity chose, and 0 where that bank was not
 * written in it.
 *
 * @throws RangeError if a value is above 2^53 - 1. LayoutMismatchError if bytes are missing.
 *
 * @example
 * ```ts
 * import { epochMaxColumn } from "@irqtrace/decode";
 *
 * // Two banks of { u64 max_ns; u64 epoch; }: bank 1 was written in epoch 5, which has ended.
 * const bytes = new Uint8Array(BigUint64Array.of(300n, 4n, 200n, 5n).buffer);
 * const map = { entries: 1, cpus: 1, valueStride: 32, bytes };
 * console.log(epochMaxColumn(map, { max: [0, 16], epoch: [8, 24] }, 5, false)); // Float64Array(1) [ 200 ]
 * ```
 */
export function epochMaxColumn(map: RawMap, offsets: EpochMaxOffsets, epoch: number, perCpu: boolean): Float64Array {
  const view = viewOf(map);
  const column = new Float64Array(cellsOf(map, perCpu));
  const max = offsets.max[epoch & 1] ?? 0;
  const stamp = offsets.epoch[epoch & 1] ?? 0;
  forEachValue(map, perCpu, (cell, offset) => {
    if (view.getUint32(offset + stamp, true) !== epoch) return;
    const value = readU53(view, offset + max);
    if (value > (column[cell] ?? 0)) column[cell] = value;
  });
  return column;
}
