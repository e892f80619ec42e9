import { expect } from "bun:test";
import { hardirqs, softirqs, victims } from "@irqtrace/bpf-objects/layouts";
import { codec, fieldAt, LayoutMismatchError, type RawMap, type RawSnapshot, type Snapshot } from "@irqtrace/decode";
import { decodeHardirqs } from "@irqtrace/hardirqs/decode";
import { decodeVictims } from "@irqtrace/interrupts/decode";
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
const victim = codec(victims.maps.cells.value);
const KINDS = [
  {
    kind: "hardirqs",
    decode: (raw: RawSnapshot): Snapshot<AnyRow> => decodeHardirqs(raw),
    map: "cells",
    // The other classes are made from other maps.
    isFromMap: (row: AnyRow): boolean => row.class === "device",
    banks: (view: DataView, at: number): readonly Bank[] => cell.decode(view, at).banks.map(({ times }) => times),
  },
  {
    kind: "softirqs",
    decode: (raw: RawSnapshot): Snapshot<AnyRow> => decodeSoftirqs(raw),
    map: "vectors",
    isFromMap: (): boolean => true,
    banks: (view: DataView, at: number): readonly Bank[] => vector.decode(view, at).banks,
  },
  {
    kind: "victims",
    decode: (raw: RawSnapshot): Snapshot<AnyRow> => decodeVictims(raw),
    map: "cells",
    isFromMap: (): boolean => true,
    banks: (view: DataView, at: number): readonly Bank[] =>
      victim.decode(view, at).banks.map(({ count, self_ns }) => ({
        count: Number(count),
        total_ns: Number(self_ns),
        max_ns: 0,
        run_max_ns: 0,
      })),
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
function isPartHidden({ schema, maps: { rows } }: RawSnapshot): boolean {
  if (rows === undefined || schema !== "irqtrace.hardirqs/1") return false;
  const { offset } = fieldAt(hardirqs.maps.rows.value, "used");
  const view = new DataView(rows.bytes.buffer, rows.bytes.byteOffset, rows.bytes.byteLength);
  return Array.from({ length: rows.entries }, (_, slot) =>
    view.getUint32(slot * rows.valueStride + offset, true),
  ).includes(2);
}

for (const { kind, decode, map: mapName, isFromMap, banks } of KINDS) {
  // The rows of victims are never of one CPU.
  const isPerCpu = (raw: RawSnapshot): boolean => raw.perCpu && kind !== "victims";

  fuzz(`${kind}: a snapshot decodes to what its values say`, 2_000, snapshotParts, (parts) => {
    const raw = buildSnapshot(kind, parts);
    if (isPartHidden(raw)) return;
    const snapshot = decoded(() => decode(raw));
    const map = raw.maps[mapName];
    if (snapshot === undefined || map === undefined) return;
    const expected = decoded(() => ({ ...snapshot, rows: totalsOf(map, banks, isPerCpu(raw)) }));
    if (expected === undefined) return;
    const rows = snapshot.rows.filter(isFromMap);
    expect(rows.map(({ count }) => count)).toEqual(expected.rows.map(({ count }) => count));
    if (raw.measure === "count") return;
    const times = rows.map(({ count, totalNs = -1, maxNs = 0 }) => ({ count, totalNs, maxNs }));
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
          if (isPerCpu(raw)) expect(raw.possibleCpus).toContain(cpu ?? -1);
          else expect(cpu).toBeUndefined();
        }
      } catch (error) {
        if (!(error instanceof LayoutMismatchError)) throw error;
      }
    },
  );
}
