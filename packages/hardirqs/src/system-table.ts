import { system as layouts } from "@irqtrace/bpf-objects/layouts";
import {
  type BankOffsets,
  bankOffsets,
  codec,
  epochMaxColumn,
  fieldAt,
  Histogram,
  maxColumn,
  type RawMap,
  type RawSnapshot,
  rawHistogram,
  rawMap,
  sumColumn,
  type Table,
  type TableTimes,
  timedFields,
  viewOf,
} from "@irqtrace/decode";
import type { HardirqClass } from "./hardirq-class.ts";
import type { AnyCountedHardirqRow, AnyTimedHardirqRow } from "./row.ts";
import { SYSTEM_VECTORS } from "./system-vectors.ts";

const { sources, source_histograms, source_taken } = layouts.maps;
const value = sources.value;
const at = {
  id: fieldAt(value, "id").offset,
  class: fieldAt(value, "class").offset,
  name: fieldAt(value, "name").offset,
};
const name = codec({ kind: "chars", size: 64 });
const offsets = {
  count: bankOffsets(value, "banks", "count"),
  totalNs: bankOffsets(value, "banks", "total_ns"),
  maxNs: bankOffsets(value, "banks", "max_ns"),
  runMaxNs: bankOffsets(value, "banks", "run_max_ns"),
  epoch: bankOffsets(value, "banks", "epoch"),
  buckets: bankOffsets(source_histograms.value, "banks", ""),
  takenNs: bankOffsets(source_taken.value, "banks", ""),
};

/** By the numbers of system.bpf.c, where 0 is an entry that was never used. */
const CLASSES: readonly (HardirqClass | undefined)[] = [undefined, "vector", "ipi", "nmi"];

/** What an entry of the map is of on one CPU: on another CPU the same entry can be of something else. */
interface Source {
  readonly class: HardirqClass;
  readonly id: bigint;
  readonly name: string;
}

/** Places of sources in the table, by class and address: kept from reading to reading, because cells may not move. */
export type SourcePlaces = Map<string, number>;

/** Which values of the map, one for each entry and CPU, each cell of the table is made of. */
interface Folding {
  readonly valuesOf: readonly (readonly number[])[];
  /** By place. */
  readonly sources: readonly Source[];
}

/** @throws LayoutMismatchError if it is not a raw snapshot of this schema, or has no system interrupts. */
export function systemTable(
  raw: RawSnapshot,
  schema: string,
  places: SourcePlaces = new Map(),
): Table<AnyCountedHardirqRow | AnyTimedHardirqRow> {
  const map = rawMap(raw, schema, "sources", value.size);
  const isTimed = raw.measure === "time";
  const folding = foldingOf(raw, map, places);
  const sum = (from: RawMap, offset: BankOffsets): Float64Array =>
    fold(folding, sumColumn(from, offset, true), (one, other) => one + other);
  const columns = [sum(map, offsets.count)];
  if (isTimed) columns.push(sum(map, offsets.totalNs));
  if (isTimed && raw.exclusive)
    columns.push(sum(rawMap(raw, schema, "source_taken", source_taken.value.size), offsets.takenNs));
  return {
    columns,
    ...(isTimed ? { times: tableTimes(raw, schema, map, folding) } : {}),
    row: (cell, [count = 0, totalNs = 0, takenNs], times) => {
      const row = countedRow(raw, map.cpus, folding, cell, count);
      return times === undefined ? row : { ...row, ...timedFields({ count, totalNs, takenNs, ...times }) };
    },
  };
}

/** The addresses of NMI handlers that have run, as rows have them. */
export function nmiHandlers(raw: RawSnapshot, schema: string): readonly string[] {
  const map = rawMap(raw, schema, "sources", value.size);
  const view = viewOf(map);
  const handlers = new Set<string>();
  for (let start = 0; start < map.entries * map.cpus * map.valueStride; start += map.valueStride) {
    const source = sourceAt(view, start);
    if (source?.class === "nmi") handlers.add(hexadecimal(source.id));
  }
  return [...handlers];
}

function foldingOf(raw: RawSnapshot, map: RawMap, places: SourcePlaces): Folding {
  const view = viewOf(map);
  const found: Source[] = [];
  const byCell = new Map<number, number[]>();
  for (let index = 0; index < map.entries * map.cpus; index++) {
    const source = sourceAt(view, index * map.valueStride);
    if (source === null || raw.classes?.includes(source.class) === false) continue;
    const key = `${source.class} ${source.id}`;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    found[place] = source;
    const cell = raw.perCpu ? place * map.cpus + (index % map.cpus) : place;
    byCell.set(cell, [...(byCell.get(cell) ?? []), index]);
  }
  const cells = places.size * (raw.perCpu ? map.cpus : 1);
  return { valuesOf: Array.from({ length: cells }, (_, cell) => byCell.get(cell) ?? []), sources: found };
}

function sourceAt(view: DataView, start: number): Source | null {
  const kind = CLASSES[view.getUint32(start + at.class, true)];
  if (kind === undefined) return null;
  return { class: kind, id: view.getBigUint64(start + at.id, true), name: name.decode(view, start + at.name) };
}

/** Puts what the map's values say into cells; `values` has none yet for what was never read. */
function fold(
  { valuesOf }: Folding,
  values: Float64Array,
  combine: (one: number, other: number) => number,
): Float64Array {
  return Float64Array.from(valuesOf, (indices) =>
    indices.reduce((folded, index) => combine(folded, values[index] ?? 0), 0),
  );
}

function tableTimes(raw: RawSnapshot, schema: string, map: RawMap, folding: Folding): TableTimes {
  const histograms = rawMap(raw, schema, "source_histograms", source_histograms.value.size);
  const epochMaxNs = epochMaxColumn(map, { max: offsets.maxNs, epoch: offsets.epoch }, raw.epoch, true);
  return {
    epochMaxNs: fold(folding, epochMaxNs, Math.max),
    runMaxNs: fold(folding, maxColumn(map, [...offsets.maxNs, ...offsets.runMaxNs], true), Math.max),
    histogram: (cell) =>
      (folding.valuesOf[cell] ?? [])
        .filter((index) => index < histograms.entries * map.cpus)
        .map((index) => rawHistogram(histograms, Math.floor(index / map.cpus), index % map.cpus, offsets.buckets))
        .reduce((one, other) => one.merge(other), Histogram.empty),
  };
}

function countedRow(
  { perCpu, possibleCpus, symbols }: RawSnapshot,
  cpus: number,
  { sources: found }: Folding,
  cell: number,
  count: number,
): AnyCountedHardirqRow {
  const { class: kind = "vector", id = 0n, name: reason = "" } = found[perCpu ? Math.floor(cell / cpus) : cell] ?? {};
  const cpu = perCpu ? { cpu: possibleCpus[cell % cpus] ?? 0 } : {};
  if (kind === "ipi") return { class: "ipi", name: reason, ...cpu, count };
  if (kind === "nmi") {
    const handler = hexadecimal(id);
    return { class: "nmi", handler, name: symbols?.[handler] ?? handler, ...cpu, count };
  }
  const { vector = 0, name: known = `slot ${id}` } = SYSTEM_VECTORS[Number(id)] ?? {};
  return { class: "vector", vector, name: known, ...cpu, count };
}

const hexadecimal = (address: bigint): string => `0x${address.toString(16)}`;
