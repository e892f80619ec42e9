import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import {
  bankOffsets,
  epochMaxColumn,
  maxColumn,
  type RawSnapshot,
  rawHistogram,
  rawMap,
  sumColumn,
  type Table,
  timedFields,
} from "@irqtrace/decode";
import { latencyTable } from "./latency-table.ts";
import type { CountedSoftirqRow, TimedSoftirqRow } from "./row.ts";
import { VECTORS } from "./vectors.ts";

/** Of raw snapshots and reports. */
export const SCHEMA = "irqtrace.softirqs/1";

const value = layouts.maps.vectors.value;
const offsets = {
  count: bankOffsets(value, "banks", "count"),
  totalNs: bankOffsets(value, "banks", "total_ns"),
  maxNs: bankOffsets(value, "banks", "max_ns"),
  runMaxNs: bankOffsets(value, "banks", "run_max_ns"),
  epoch: bankOffsets(value, "banks", "epoch"),
  buckets: bankOffsets(value, "histogram.banks", ""),
  takenNs: bankOffsets(value, "taken_ns", ""),
};

/** @throws LayoutMismatchError if it is not a raw snapshot of this schema, or has no softirqs. */
export function softirqTable(raw: RawSnapshot, schema: string = SCHEMA): Table<CountedSoftirqRow | TimedSoftirqRow> {
  const map = rawMap(raw, schema, "vectors", value.size);
  const { perCpu, possibleCpus, epoch } = raw;
  const identity = (cell: number): Pick<CountedSoftirqRow, "vector" | "name" | "cpu"> => {
    const vector = perCpu ? Math.floor(cell / map.cpus) : cell;
    const name = VECTORS[vector]?.name ?? `vector ${vector}`;
    return { vector, name, ...(perCpu ? { cpu: possibleCpus[cell % map.cpus] ?? 0 } : {}) };
  };
  if (raw.measure === "count") {
    return {
      columns: [sumColumn(map, offsets.count, perCpu)],
      row: (cell, [count = 0]) => ({ ...identity(cell), count }),
    };
  }
  const maxima = { max: offsets.maxNs, epoch: offsets.epoch };
  const sums = [offsets.count, offsets.totalNs, ...(raw.exclusive ? [offsets.takenNs] : [])];
  const latency = latencyTable(raw, schema);
  return {
    columns: [...sums.map((offset) => sumColumn(map, offset, perCpu)), ...(latency?.columns ?? [])],
    times: {
      epochMaxNs: epochMaxColumn(map, maxima, epoch, perCpu),
      runMaxNs: maxColumn(map, [...offsets.maxNs, ...offsets.runMaxNs], perCpu),
      histogram: (cell) =>
        perCpu
          ? rawHistogram(map, Math.floor(cell / map.cpus), cell % map.cpus, offsets.buckets)
          : rawHistogram(map, cell, null, offsets.buckets),
    },
    ...(latency === null ? {} : { latency: latency.times }),
    row: (cell, values, times, waited) => {
      const [count = 0, totalNs = 0, takenNs] = values.slice(0, sums.length);
      return {
        ...identity(cell),
        count,
        ...(times === undefined ? {} : timedFields({ count, totalNs, takenNs, ...times })),
        ...(waited === undefined ? {} : latency?.fields(values.slice(sums.length), waited)),
      };
    },
  };
}
