import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import {
  bankOffsets,
  type CellTimes,
  epochMaxColumn,
  maxColumn,
  type RawSnapshot,
  rawHistogram,
  rawMap,
  sumColumn,
  type TableTimes,
  timedFields,
} from "@irqtrace/decode";
import type { SoftirqLatency, SoftirqPlaces, SoftirqWaits } from "./row.ts";

const value = layouts.maps.latencies.value;
const times = {
  maxNs: bankOffsets(value, "banks", "max_ns"),
  runMaxNs: bankOffsets(value, "banks", "run_max_ns"),
  epoch: bankOffsets(value, "banks", "epoch"),
  buckets: bankOffsets(value, "histogram.banks", ""),
};
/** The columns, in their order. */
const sums = [
  bankOffsets(value, "banks", "count"),
  bankOffsets(value, "banks", "total_ns"),
  bankOffsets(value, "unmatched_raise", ""),
  bankOffsets(value, "places", "ksoftirqd"),
  bankOffsets(value, "places", "ktimers"),
  bankOffsets(value, "places", "interrupt_exit"),
  bankOffsets(value, "places", "bh_enable"),
  bankOffsets(value, "places", "run_inline"),
  bankOffsets(value, "places", "unknown"),
];

/** The part of a table that says how long softirqs waited, and where they ran. */
export interface LatencyTable {
  readonly columns: readonly Float64Array[];
  readonly times: TableTimes;
  /** Makes the fields of a cell from the values of `columns`, and from its times. */
  fields(values: readonly number[], times: CellTimes): SoftirqWaits;
}

/** @throws LayoutMismatchError if the snapshot is not of this schema, or damaged. */
export function latencyTable(raw: RawSnapshot, schema: string): LatencyTable | null {
  if (raw.places === undefined) return null;
  const map = rawMap(raw, schema, "latencies", value.size);
  const { perCpu, epoch, places } = raw;
  return {
    columns: sums.map((offsets) => sumColumn(map, offsets, perCpu)),
    times: {
      epochMaxNs: epochMaxColumn(map, { max: times.maxNs, epoch: times.epoch }, epoch, perCpu),
      runMaxNs: maxColumn(map, [...times.maxNs, ...times.runMaxNs], perCpu),
      histogram: (cell) =>
        perCpu
          ? rawHistogram(map, Math.floor(cell / map.cpus), cell % map.cpus, times.buckets)
          : rawHistogram(map, cell, null, times.buckets),
    },
    fields: ([count = 0, totalNs = 0, unmatchedRaise = 0, ...runs], cellTimes) => ({
      latency: latencyOf(count, totalNs, cellTimes),
      unmatchedRaise,
      places: placesOf(places, runs),
    }),
  };
}

function latencyOf(count: number, totalNs: number, cellTimes: CellTimes): SoftirqLatency {
  return { count, ...timedFields({ count, totalNs, ...cellTimes }) };
}

function placesOf(by: "thread" | "stack", runs: readonly number[]): SoftirqPlaces {
  const [ksoftirqd = 0, ktimers = 0, interruptExit = 0, bhEnable = 0, inline = 0, unknown = 0] = runs;
  return by === "stack"
    ? { ksoftirqd, ktimers, interruptExit, bhEnable, unknown }
    : { ksoftirqd, ktimers, inline, unknown };
}
