import { type BankOffsets, viewOf } from "./column.ts";
import { Histogram } from "./histogram.ts";
import { BUCKET_COUNT } from "./histogram-buckets.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import type { RawMap } from "./raw-snapshot.ts";
import { addU53s } from "./u53.ts";

/**
 * Adds up the two banks of a histogram in a map's bytes.
 *
 * @param entry The map's entry.
 * @param cpu Position among the possible CPUs; `null` for the sum over all of them.
 * @param offsets Where the buckets of each bank start within a value.
 * @throws LayoutMismatchError if the map has no such entry, or bytes are missing.
 *
 * @example
 * ```ts
 * import { BUCKET_COUNT, rawHistogram } from "@irqtrace/decode";
 *
 * const buckets = new BigUint64Array(2 * BUCKET_COUNT);
 * buckets[5] = 7n; // 7 events of 5 ns
 * const map = { entries: 1, cpus: 1, valueStride: buckets.byteLength, bytes: new Uint8Array(buckets.buffer) };
 * console.log(rawHistogram(map, 0, null, [0, 8 * BUCKET_COUNT]).count); // 7
 * ```
 */
export function rawHistogram(map: RawMap, entry: number, cpu: number | null, offsets: BankOffsets): Histogram {
  if (entry < 0 || entry >= map.entries || (cpu !== null && (cpu < 0 || cpu >= map.cpus))) {
    throw new LayoutMismatchError(
      `Cannot read histogram ${entry} of CPU ${cpu ?? "all"}: the map has ${map.entries} entries of ${map.cpus} values.`,
    );
  }
  const view = viewOf(map);
  const counts = new Float64Array(BUCKET_COUNT);
  const [firstCpu, endCpu] = cpu === null ? [0, map.cpus] : [cpu, cpu + 1];
  for (let at = firstCpu; at < endCpu; at++) {
    const valueOffset = (entry * map.cpus + at) * map.valueStride;
    for (const bank of offsets) addU53s(view, valueOffset + bank, counts);
  }
  return Histogram.from(counts);
}
