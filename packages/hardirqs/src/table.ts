import { hardirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import {
  type BankOffsets,
  bankOffsets,
  epochMaxColumn,
  Histogram,
  LayoutMismatchError,
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

const { cells, rows, histograms, percpu_histograms, taken_times } = layouts.maps;
const offsets = {
  count: bankOffsets(cells.value, "banks", "times.count"),
  unhandled: bankOffsets(cells.value, "banks", "unhandled"),
  wakeThread: bankOffsets(cells.value, "banks", "wake_thread"),
  totalNs: bankOffsets(cells.value, "banks", "times.total_ns"),
  maxNs: bankOffsets(cells.value, "banks", "times.max_ns"),
  runMaxNs: bankOffsets(cells.value, "banks", "times.run_max_ns"),
  epoch: bankOffsets(cells.value, "banks", "times.epoch"),
  buckets: bankOffsets(histograms.value, "banks", ""),
  takenNs: bankOffsets(taken_times.value, "banks", ""),
};

/** @throws LayoutMismatchError if it is not a raw snapshot of this schema, or has no hardirqs. */
export function hardirqTable(raw: RawSnapshot, schema: string = SCHEMA): Table<CountedHardirqRow | TimedHardirqRow> {
  const map = rawMap(raw, schema, "cells", cells.value.size);
  const labels = decodeLabels(rawMap(raw, schema, "rows", rows.value.size));
  checkNotMore("cells", map.entries, labels.length);
  const { perCpu, possibleCpus } = raw;
  const isTimed = raw.measure === "time";
  const place = (cell: number): { slot: number; cpu: number } =>
    perCpu ? { slot: Math.floor(cell / map.cpus), cpu: cell % map.cpus } : { slot: cell, cpu: 0 };
  const sum = (offset: BankOffsets): Float64Array => sumColumn(map, offset, perCpu);
  // What CPUs send each other is of class ipi, and ipi_entry tells what it is for.
  const counts = sum(offsets.count).map((count, cell) => (labels[place(cell).slot]?.isIpi ? 0 : count));
  const columns = [counts, sum(offsets.unhandled), sum(offsets.wakeThread)];
  if (isTimed) columns.push(sum(offsets.totalNs));
  if (isTimed && raw.exclusive) {
    // As long as the others, also while some rows had no event and were never read.
    const taken = new Float64Array(columns[0]?.length ?? 0);
    const read = sumColumn(rawMap(raw, schema, "taken_times", taken_times.value.size), offsets.takenNs, perCpu);
    checkNotMore("taken_times", read.length, taken.length);
    taken.set(read);
    columns.push(taken);
  }
  return {
    columns,
    ...(isTimed ? { times: tableTimes(raw, schema, map, place) } : {}),
    row: (cell, [count = 0, unhandled = 0, wakeThread = 0, totalNs = 0, takenNs], times) => {
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
        ...(times === undefined ? {} : timedFields({ count, totalNs, takenNs, ...times })),
      };
    },
  };
}

function checkNotMore(map: string, entries: number, known: number): void {
  if (entries <= known) return;
  throw new LayoutMismatchError(
    `Cannot decode the map "${map}": it has ${entries} values for ${known} rows. Pass the snapshot as capture() gave it.`,
  );
}

function tableTimes(
  raw: RawSnapshot,
  schema: string,
  map: RawMap,
  place: (cell: number) => { slot: number; cpu: number },
): TableTimes {
  const shared = rawMap(raw, schema, "histograms", histograms.value.size);
  const perCpuActions = rawMap(raw, schema, "percpu_histograms", percpu_histograms.value.size);
  return {
    epochMaxNs: epochMaxColumn(map, { max: offsets.maxNs, epoch: offsets.epoch }, raw.epoch, raw.perCpu),
    runMaxNs: maxColumn(map, [...offsets.maxNs, ...offsets.runMaxNs], raw.perCpu),
    histogram: (cell) => {
      const { slot, cpu } = place(cell);
      // A slot counts in one of the two maps; in a map that never held an event it has no bytes.
      const [first = Histogram.empty, ...others] = [shared, perCpuActions]
        .filter((from) => slot < from.entries)
        .map((from) => rawHistogram(from, slot, raw.perCpu ? cpu : null, offsets.buckets));
      return others.reduce((one, other) => one.merge(other), first);
    },
  };
}
