import { hardirqs, softirqs, system, victims } from "@irqtrace/bpf-objects/layouts";
import { layoutSize, perCpuStride, type RawMap, type RawSnapshot } from "@irqtrace/decode";
import fc from "fast-check";

/** A word of a map that is not zero. */
interface Word {
  /** Which, counted around. */
  readonly place: number;
  readonly value: bigint;
}

interface MapShape {
  readonly name: string;
  readonly valueSize: number;
  readonly isPerCpu: boolean;
  /** Where rows are per CPU, its values are too. */
  readonly followsRows?: boolean;
}

const { cells, rows, histograms, percpu_histograms, taken_times } = hardirqs.maps;
const { sources, source_histograms, source_taken } = system.maps;
/** What can be captured. */
export type SnapshotKind = "hardirqs" | "softirqs" | "victims";

const SHAPES: Readonly<Record<SnapshotKind, readonly MapShape[]>> = {
  hardirqs: [
    { name: "cells", valueSize: layoutSize(cells.value), isPerCpu: true },
    { name: "rows", valueSize: layoutSize(rows.value), isPerCpu: false },
    { name: "histograms", valueSize: layoutSize(histograms.value), isPerCpu: false, followsRows: true },
    { name: "percpu_histograms", valueSize: layoutSize(percpu_histograms.value), isPerCpu: true },
    { name: "taken_times", valueSize: layoutSize(taken_times.value), isPerCpu: true },
    { name: "sources", valueSize: layoutSize(sources.value), isPerCpu: true },
    { name: "source_histograms", valueSize: layoutSize(source_histograms.value), isPerCpu: true },
    { name: "source_taken", valueSize: layoutSize(source_taken.value), isPerCpu: true },
  ],
  victims: [
    { name: "cells", valueSize: layoutSize(victims.maps.cells.value), isPerCpu: true },
    { name: "rows", valueSize: layoutSize(victims.maps.rows.value), isPerCpu: false },
  ],
  softirqs: [{ name: "vectors", valueSize: layoutSize(softirqs.maps.vectors.value), isPerCpu: true }],
};

const word: fc.Arbitrary<Word> = fc.record({
  place: fc.nat(),
  value: fc.oneof(
    { arbitrary: fc.bigInt({ min: 0n, max: 9n }), weight: 4 },
    { arbitrary: fc.bigInt({ min: 0n, max: 2n ** 40n }), weight: 8 },
    { arbitrary: fc.bigInt({ min: 0n, max: 2n ** 53n }), weight: 1 },
  ),
});

/** What a snapshot of a small machine is made from: most of each map is zero. */
export interface SnapshotParts {
  readonly measure: "time" | "count";
  readonly perCpu: boolean;
  readonly exclusive: boolean;
  readonly epoch: number;
  readonly cpus: number;
  readonly entries: number;
  /** Each for one of the maps, counted around. */
  readonly words: readonly (readonly [map: number, word: Word])[];
}

export const snapshotParts: fc.Arbitrary<SnapshotParts> = fc.record({
  measure: fc.constantFrom("time", "count"),
  perCpu: fc.boolean(),
  exclusive: fc.boolean(),
  epoch: fc.integer({ min: 1, max: 9 }),
  cpus: fc.integer({ min: 1, max: 3 }),
  entries: fc.nat({ max: 3 }),
  words: fc.array(fc.tuple(fc.nat(), word), { maxLength: 40, size: "max" }),
});

/** The snapshot as the tracer of that kind captures it. */
export function buildSnapshot(kind: SnapshotKind, parts: SnapshotParts): RawSnapshot {
  const { cpus, entries, words, ...rest } = parts;
  const shapes = SHAPES[kind];
  const maps = shapes.map((shape, index): [string, RawMap] => {
    const own = words.filter(([map]) => map % shapes.length === index).map(([, each]) => each);
    const values = shape.isPerCpu || (shape.followsRows && rest.perCpu) ? cpus : 1;
    return [shape.name, filledMap(entries, values, shape.valueSize, own)];
  });
  return {
    ...rest,
    schema: `irqtrace.${kind}/1`,
    // Without 0, which is what a decoder would say that does not know better.
    possibleCpus: [2, 4, 7].slice(0, cpus),
    startUnixMs: 1_000,
    elapsedNs: 2e9,
    lost: { unmatched: 0, tableFull: 0, recursionMisses: null },
    maps: Object.fromEntries(maps),
  };
}

function filledMap(entries: number, cpus: number, valueSize: number, words: readonly Word[]): RawMap {
  const valueStride = perCpuStride(valueSize);
  const bytes = new Uint8Array(entries * cpus * valueStride);
  const all = new BigUint64Array(bytes.buffer);
  for (const { place, value } of words) if (all.length > 0) all[place % all.length] = value;
  return { entries, cpus, valueStride, bytes };
}

/** One thing that is wrong with a snapshot. */
export type SnapshotDamage =
  | { readonly what: "schema" | "lost map"; readonly map: number }
  | { readonly what: "entries" | "cpus" | "valueStride"; readonly map: number; readonly value: number }
  | { readonly what: "bytes" | "possibleCpus"; readonly map: number; readonly share: number }
  | { readonly what: "perCpu" | "exclusive" | "measure"; readonly map: number };

const map = fc.nat({ max: 9 });
const number = fc.oneof(
  fc.nat({ max: 5 }),
  fc.constantFrom(-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 20, 2 ** 32, 2 ** 53 - 1, 2 ** 60),
);
export const snapshotDamage: fc.Arbitrary<SnapshotDamage> = fc.oneof(
  fc.record({ what: fc.constantFrom("schema", "lost map"), map }),
  { arbitrary: fc.record({ what: fc.constantFrom("entries", "cpus", "valueStride"), map, value: number }), weight: 4 },
  {
    arbitrary: fc.record({
      what: fc.constantFrom("bytes", "possibleCpus"),
      map,
      share: fc.float({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
    weight: 2,
  },
  fc.record({ what: fc.constantFrom("perCpu", "exclusive", "measure"), map }),
);

/** The snapshot with that damage. */
export function damagedSnapshot(raw: RawSnapshot, damage: SnapshotDamage): RawSnapshot {
  const names = Object.keys(raw.maps);
  const name = names[damage.map % names.length] ?? "";
  const map = raw.maps[name];
  if (map === undefined) return raw;
  const withMap = (changed: Partial<RawMap>): RawSnapshot => ({
    ...raw,
    maps: { ...raw.maps, [name]: { ...map, ...changed } },
  });
  switch (damage.what) {
    case "schema":
      return { ...raw, schema: "irqtrace.other/1" };
    case "lost map": {
      const { [name]: _, ...others } = raw.maps;
      return { ...raw, maps: others };
    }
    case "entries":
    case "cpus":
    case "valueStride":
      return withMap({ [damage.what]: damage.value });
    case "bytes":
      return withMap({ bytes: map.bytes.subarray(0, Math.floor(damage.share * map.bytes.length)) });
    case "possibleCpus":
      return { ...raw, possibleCpus: raw.possibleCpus.slice(0, Math.floor(damage.share * raw.possibleCpus.length)) };
    case "perCpu":
      return { ...raw, perCpu: !raw.perCpu };
    case "exclusive":
      return { ...raw, exclusive: !raw.exclusive };
    case "measure":
      return { ...raw, measure: raw.measure === "time" ? "count" : "time" };
  }
}
