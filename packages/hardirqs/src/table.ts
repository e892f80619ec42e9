import { hardirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import {
  bankOffsets,
  epochMaxColumn,
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
} from "@irqtrace/decode";
import { decodeLabels } from "./labels.ts";
import type { CountedHardirqRow, TimedHardirqRow } from "./row.ts";

/** Of raw snapshots and reports. */
export const SCHEMA = "irqtrace.hardirqs/1";

const { cells, rows, histograms, percpu_histograms } = layouts.maps;
const offsets = {
  count: bankOffsets(cells.value, "banks", "times.count"),
  unhandled: bankOffsets(cells.value, "banks", "unhandled"),
  wakeThread: bankOffsets(cells.value, "banks", "wake_thread"),
  totalNs: bankOffsets(cells.value, "banks", "times.total_ns"),
  maxNs: bankOffsets(cells.value, "banks", "times.max_ns"),
  runMaxNs: bankOffsets(cells.value, "banks", "times.run_max_ns"),
  epoch: bankOffsets(cells.value, "banks", "times.epoch"),
  buckets: bankOffsets(histograms.value, "banks", ""),
};

/** @throws LayoutMismatchError if it is not a raw snapshot of hardirqs. */
export function hardirqTable(raw: RawSnapshot): Table<CountedHardirqRow | TimedHardirqRow> {
  const map = rawMap(raw, SCHEMA, "cells", cells.value.size);
  const labels = decodeLabels(rawMap(raw, SCHEMA, "rows", rows.value.size));
  const { perCpu, possibleCpus } = raw;
  const place = (cell: number): { slot: number; cpu: number } =>
    perCpu ? { slot: Math.floor(cell / map.cpus), cpu: cell % map.cpus } : { slot: cell, cpu: 0 };
  const sums = [
    offsets.count,
    offsets.unhandled,
    offsets.wakeThread,
    ...(raw.measure === "time" ? [offsets.totalNs] : []),
  ];
  return {
    columns: sums.map((offset) => sumColumn(map, offset, perCpu)),
    ...(raw.measure === "time" ? { times: tableTimes(raw, map, place) } : {}),
    row: (cell, [count = 0, unhandled = 0, wakeThread = 0, totalNs = 0], times) => {
      const { slot, cpu } = place(cell);
      const { irq = 0, action = 0, name = "" } = labels[slot] ?? {};
      return {
        class: "device",
        irq,
        action,
        name,
        slot,
        ...(perCpu ? { cpu: possibleCpus[cpu] ?? 0 } : {}),
        count,
        unhandled,
        wakeThread,
        ...(times === undefined ? {} : timedFields({ count, totalNs, ...times })),
      };
    },
  };
}

function tableTimes(raw: RawSnapshot, map: RawMap, place: (cell: number) => { slot: number; cpu: number }): TableTimes {
  const shared = rawMap(raw, SCHEMA, "histograms", histograms.value.size);
  const perCpuActions = rawMap(raw, SCHEMA, "percpu_histograms", percpu_histograms.value.size);
  return {
    epochMaxNs: epochMaxColumn(map, { max: offsets.maxNs, epoch: offsets.epoch }, raw.epoch, raw.perCpu),
    runMaxNs: maxColumn(map, [...offsets.maxNs, ...offsets.runMaxNs], raw.perCpu),
    histogram: (cell) => {
      const { slot, cpu } = place(cell);
      // A slot counts in one of the two maps; in a map that never held an event it has no bytes.
      return [shared, perCpuActions]
        .filter((from) => slot < from.entries)
        .map((from) => rawHistogram(from, slot, raw.perCpu ? cpu : null, offsets.buckets))
        .reduce((one, other) => one.merge(other), Histogram.empty);
    },
  };
}
