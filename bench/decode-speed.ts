import { hardirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { IntervalRows, perCpuStride, type RawMap, type RawSnapshot } from "@irqtrace/decode";
import { hardirqTable } from "../packages/hardirqs/src/table.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** How long a reading of so many CPUs and sources takes to decode and to subtract. */
export interface DecodeSpeed {
  readonly cpus: number;
  readonly sources: number;
  readonly ms: Spread;
  readonly nsPerCell: number;
}

const SOURCES = 1_000;
const { cells, rows, histograms, percpu_histograms } = layouts.maps;
const WARM_UP_CPUS = 64;
const WARM_UP_ROUNDS = 20;
const COUNT_OFFSET = 8;

/** Decodes and subtracts synthetic readings: one shared histogram a source, and one cell a source and CPU. */
export function measureDecode(cpuCounts: readonly number[], rounds: number): DecodeSpeed[] {
  // Before any is measured, all code has been compiled: the first size would be the slowest otherwise.
  decodeTimes(WARM_UP_CPUS, WARM_UP_ROUNDS);
  return cpuCounts.map((cpus) => {
    // The first two find caches and heap as the size before left them.
    const ms = spreadOf(decodeTimes(cpus, rounds + 2).slice(2));
    return { cpus, sources: SOURCES, ms, nsPerCell: (ms.median * 1e6) / (cpus * SOURCES) };
  });
}

/** In ms. */
function decodeTimes(cpus: number, rounds: number): number[] {
  const [earlier, later] = [reading(cpus, 1), reading(cpus, 2)];
  return Array.from({ length: rounds }, () => {
    const intervals = new IntervalRows(hardirqTable(earlier));
    const startNs = Bun.nanoseconds();
    const table = hardirqTable(later);
    intervals.observe(table);
    if (intervals.end(table).length !== SOURCES) throw new Error("Rows are missing.");
    return (Bun.nanoseconds() - startNs) / 1e6;
  });
}

/** A reading in which every cell has counted `epoch` times so many events. */
function reading(cpus: number, epoch: number): RawSnapshot {
  const cellMap = emptyMap(SOURCES, cpus, cells.value.size);
  const words = new DataView(cellMap.bytes.buffer);
  for (let cell = 0; cell < SOURCES * cpus; cell++) {
    const at = cell * cellMap.valueStride + COUNT_OFFSET;
    words.setBigUint64(at, BigInt(epoch * (1 + (cell % 7))), true);
    words.setBigUint64(at + 8, BigInt(epoch * 1_000), true);
  }
  const histogramMap = emptyMap(SOURCES, 1, histograms.value.size);
  const buckets = new BigUint64Array(histogramMap.bytes.buffer);
  for (let index = 0; index < buckets.length; index += 9) buckets[index] = BigInt(epoch);
  return {
    schema: "irqtrace.hardirqs/1",
    measure: "time",
    perCpu: false,
    epoch,
    possibleCpus: Array.from({ length: cpus }, (_, cpu) => cpu),
    startUnixMs: 0,
    elapsedNs: epoch * 1e9,
    lost: { unmatched: 0, tableFull: 0, recursionMisses: 0 },
    maps: {
      cells: cellMap,
      rows: emptyMap(SOURCES, 1, rows.value.size),
      histograms: histogramMap,
      percpu_histograms: emptyMap(0, cpus, percpu_histograms.value.size),
    },
  };
}

function emptyMap(entries: number, cpus: number, valueSize: number): RawMap {
  const valueStride = perCpuStride(valueSize);
  return { entries, cpus, valueStride, bytes: new Uint8Array(entries * cpus * valueStride) };
}
