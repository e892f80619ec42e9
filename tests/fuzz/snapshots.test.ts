import { expect } from "bun:test";
import { hardirqs, softirqs } from "@irqtrace/bpf-objects/layouts";
import { codec, fieldAt, LayoutMismatchError, type RawMap, type RawSnapshot, type Snapshot } from "@irqtrace/decode";
import { decodeHardirqs } from "@irqtrace/hardirqs/decode";
import { decodeSoftirqs } from "@irqtrace/softirqs/decode";
import fc from "fast-check";
import { buildSnapshot, damagedSnapshot, snapshotDamage, snapshotParts } from "./any-snapshot.ts";
import { fuzz } from "./fuzz.ts";

/** What every row has, whichever decoder made it. */
interface AnyRow {
  readonly class?: string;
  readonly cpu?: number;
  readonly count: number;
  readonly totalNs?: number;
  readonly maxNs?: number;
  readonly histogram?: { readonly counts: ArrayLike<number> };
}

/** The numbers of one cell on one CPU, or of several added up. */
interface Totals {
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

interface Bank {
  readonly count: number;
  readonly total_ns: number;
  readonly max_ns: number;
  readonly run_max_ns: number;
}

const cell = codec(hardirqs.maps.cells.value);
const vector = codec(softirqs.maps.vectors.value);
const KINDS = [
  {
    kind: "hardirqs",
    decode: (raw: RawSnapshot): Snapshot<AnyRow> => decodeHardirqs(raw),
    map: "cells",
    banks: (view: DataView, at: number): readonly Bank[] => cell.decode(view, at).banks.map(({ times }) => times),
  },
  {
    kind: "softirqs",
    decode: (raw: RawSnapshot): Snapshot<AnyRow> => decodeSoftirqs(raw),
    map: "vectors",
    banks: (view: DataView, at: number): readonly Bank[] => vector.decode(view, at).banks,
  },
] as const;

/** What the snapshot says, or undefined where a number in it is too large for one. */
function decoded<Row>(decode: () => Snapshot<Row>): Snapshot<Row> | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RangeError && error.message.includes("2^53 - 1")) return undefined;
    throw error;
  }
}

/** The same from whole values, which the decoders never make. */
function totalsOf(map: RawMap, banksAt: (view: DataView, at: number) => readonly Bank[], perCpu: boolean): Totals[] {
  const view = new DataView(map.bytes.buffer, map.bytes.byteOffset, map.bytes.byteLength);
  const totals: Totals[] = [];
  for (let entry = 0; entry < map.entries; entry++) {
    const values = Array.from({ length: map.cpus }, (_, cpu) =>
      banksAt(view, (entry * map.cpus + cpu) * map.valueStride),
    );
    for (const group of perCpu ? values.map((banks) => [banks]) : [values]) {
      const banks = group.flat();
      totals.push({
        count: banks.reduce((sum, bank) => sum + bank.count, 0),
        totalNs: banks.reduce((sum, bank) => sum + bank.total_ns, 0),
        maxNs: Math.max(...banks.flatMap((bank) => [bank.max_ns, bank.run_max_ns])),
      });
    }
  }
  return totals.filter(({ count }) => count > 0);
}

/** Whether the snapshot has rows of a kind that arm64 alone has, and that are not shown. */
function isPartHidden({ maps: { rows } }: RawSnapshot): boolean {
  if (rows === undefined) return false;
  const { offset } = fieldAt(hardirqs.maps.rows.value, "used");
  const view = new DataView(rows.bytes.buffer, rows.bytes.byteOffset, rows.bytes.byteLength);
  return Array.from({ length: rows.entries }, (_, slot) =>
    view.getUint32(slot * rows.valueStride + offset, true),
  ).includes(2);
}

for (const { kind, decode, map: mapName, banks } of KINDS) {
  fuzz(`${kind}: a snapshot decodes to what its values say`, 2_000, snapshotParts, (parts) => {
    const raw = buildSnapshot(kind, parts);
    if (isPartHidden(raw)) return;
    const snapshot = decoded(() => decode(raw));
    const map = raw.maps[mapName];
    if (snapshot === undefined || map === undefined) return;
    const expected = decoded(() => ({ ...snapshot, rows: totalsOf(map, banks, raw.perCpu) }));
    if (expected === undefined) return;
    const rows = snapshot.rows.filter(({ class: kind = "device" }) => kind === "device");
    expect(rows.map(({ count }) => count)).toEqual(expected.rows.map(({ count }) => count));
    if (raw.measure === "count") return;
    const times = rows.map(({ count, totalNs = -1, maxNs = -1 }) => ({ count, totalNs, maxNs }));
    expect(times).toEqual([...expected.rows]);
  });

  const damagedSnapshots = fc.tuple(snapshotParts, fc.array(snapshotDamage, { minLength: 1, maxLength: 3 }));
  fuzz(
    `${kind}: a damaged snapshot is refused, or decodes to rows that name their CPU`,
    6_000,
    damagedSnapshots,
    (input) => {
      const [parts, damages] = input;
      const raw = damages.reduce(damagedSnapshot, buildSnapshot(kind, parts));
      try {
        const rows = decoded(() => decode(raw))?.rows ?? [];
        for (const { cpu } of rows) {
          if (raw.perCpu) expect(raw.possibleCpus).toContain(cpu ?? -1);
          else expect(cpu).toBeUndefined();
        }
      } catch (error) {
        if (!(error instanceof LayoutMismatchError)) throw error;
      }
    },
  );
}
