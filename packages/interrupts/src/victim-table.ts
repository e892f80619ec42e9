import { victims as layouts } from "@irqtrace/bpf-objects/layouts";
import { bankOffsets, codec, type RawSnapshot, rawMap, sumColumn, type Table, viewOf } from "@irqtrace/decode";
import { SYSTEM_VECTORS } from "@irqtrace/hardirqs/decode";
import { VECTORS } from "@irqtrace/softirqs/decode";
import { INTERRUPT_CLASSES } from "./interrupt-class.ts";
import { type CpuMode, VICTIM_KINDS, type VictimRow } from "./victim-row.ts";

/** Of raw snapshots and reports. */
export const VICTIM_SCHEMA = "irqtrace.victims/1";

/** `enum cpu_mode` of victim.bpf.h. */
const CPU_MODES: readonly CpuMode[] = ["idle", "user", "kernel", "unknown"];
/** The first slots hold what found no row, one of each class. */
export const REMAINDER_SLOTS: number = INTERRUPT_CLASSES.length;

/** An interrupt that nobody expects can have any number; no other tracepoint gives one that is not listed. */
const SPURIOUS = "spurious_apic";

const { cells, rows } = layouts.maps;
const offsets = {
  count: bankOffsets(cells.value, "banks", "count"),
  selfNs: bankOffsets(cells.value, "banks", "self_ns"),
};
const recorded = codec(rows.value);
type Recorded = ReturnType<typeof recorded.decode>;

/** @throws LayoutMismatchError if it is not a raw snapshot of victims, or is damaged. */
export function victimTable(raw: RawSnapshot): Table<VictimRow> {
  const map = rawMap(raw, VICTIM_SCHEMA, "cells", cells.value.size);
  const records = rawMap(raw, VICTIM_SCHEMA, "rows", rows.value.size);
  const view = viewOf(records);
  return {
    columns: [sumColumn(map, offsets.count, false), sumColumn(map, offsets.selfNs, false)],
    row: (slot, [count = 0, totalNs = 0]) => {
      const record = recorded.decode(view, slot * records.valueStride);
      return { ...victimOf(slot, record, raw.cgroups ?? {}), ...sourceOf(slot, record), slot, count, totalNs };
    },
  };
}

/** The numbers of the cgroups that rows are of. */
export function cgroupsIn(raw: RawSnapshot): number[] {
  const records = rawMap(raw, VICTIM_SCHEMA, "rows", rows.value.size);
  const view = viewOf(records);
  const found = new Set<number>();
  for (let slot = REMAINDER_SLOTS; slot < records.entries; slot++) {
    const { used, kind, victim } = recorded.decode(view, slot * records.valueStride);
    if (used !== 0 && VICTIM_KINDS[kind] === "cgroup" && victim !== 0n) found.add(Number(victim));
  }
  return [...found];
}

type Victim = Pick<VictimRow, "victimKind" | "victim" | "tid" | "pid" | "cgroup">;

function victimOf(slot: number, record: Recorded, paths: Readonly<Record<string, string>>): Victim {
  if (slot < REMAINDER_SLOTS) return { victimKind: "others", victim: "(others)" };
  const { kind, tid, pid } = record;
  const victim = Number(record.victim);
  // In every kind the idle tasks are 0: no task, no cgroup and no other mode is.
  if (tid === 0 && victim === 0) return { victimKind: "idle", victim: "(idle)" };
  switch (VICTIM_KINDS[kind]) {
    case "cgroup":
      return { victimKind: "cgroup", victim: paths[victim] ?? `cgroup ${victim}`, cgroup: victim };
    case "cpu-mode":
      return { victimKind: "cpu-mode", victim: CPU_MODES[victim] ?? "unknown" };
    default:
      return { victimKind: "task", victim: latestLabel(record).comm, tid, pid };
  }
}

type Source = Pick<VictimRow, "class" | "irq" | "vector" | "name">;

function sourceOf(slot: number, record: Recorded): Source {
  const { class: number, source } = record;
  const { name: className = "device" } = INTERRUPT_CLASSES[number] ?? {};
  if (slot < REMAINDER_SLOTS) return { class: className, name: "(any)" };
  const { name } = latestLabel(record);
  switch (className) {
    case "vector": {
      const known = SYSTEM_VECTORS.find(({ vector }) => vector === source);
      return { class: className, vector: source, name: known?.name ?? SPURIOUS };
    }
    case "softirq":
      return { class: className, vector: source, name: VECTORS[source]?.name ?? `vector ${source}` };
    case "nmi":
      return { class: className, name: "nmi" };
    case "ipi":
      return { class: className, irq: source, name: name === "" ? "IPI" : name };
    case "device":
      return { class: className, irq: source, name };
  }
}

/** From the bank that was written last. */
function latestLabel({ labels }: Recorded): Recorded["labels"][number] {
  const [first, second] = labels;
  if (first === undefined || second === undefined) return { name: "", comm: "", epoch: 0, padding: 0 };
  return second.epoch > first.epoch ? second : first;
}
