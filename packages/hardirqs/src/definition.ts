import { hardirqsObject } from "@irqtrace/bpf-objects/hardirqs";
import { hardirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import type { BankedMap, SamplePlan, TracerDefinition, TracerOptions } from "@irqtrace/tracer";
import type { CountedHardirqRow, TimedHardirqRow } from "./row.ts";
import { hardirqTable, SCHEMA } from "./table.ts";
import type { TableSize } from "./table-size.ts";

/** Declares how device interrupts are traced with these options on a machine of this size. */
export function hardirqDefinition(
  { measure = "time", perCpu = false }: TracerOptions,
  { irqs, actions, percpuActions }: TableSize,
): TracerDefinition<CountedHardirqRow | TimedHardirqRow> {
  // Actions that every CPU runs at once get histograms per CPU, and the first slots; with rows per CPU every action's
  // histogram is per CPU already.
  const percpuSlots = perCpu ? 0 : percpuActions;
  const slots = percpuSlots + actions;
  const isTimed = measure === "time";
  return {
    schema: SCHEMA,
    name: "hardirqs",
    object: hardirqsObject,
    layouts,
    tracepoints: ["irq_handler_entry", "irq_handler_exit"],
    programs: (flavour) =>
      // The entry first: an exit whose entry was not seen counts as lost.
      isTimed ? [`hardirq_entry_${flavour}`, `hardirq_exit_${flavour}`] : [`hardirq_count_${flavour}`],
    maxEntries: {
      lines: irqs,
      cells: slots,
      rows: slots,
      slots,
      free_slots: slots,
      free_percpu_slots: Math.max(1, percpuSlots),
      histograms: isTimed ? slots : 1,
      percpu_histograms: isTimed ? Math.max(1, percpuSlots) : 1,
    },
    mapKinds: perCpu ? { histograms: "percpu_array" } : {},
    rodata: { percpu_slots: percpuSlots, histograms_per_cpu: perCpu },
    prepare: (object) => {
      for (let slot = 0; slot < slots; slot++) {
        object.map(slot < percpuSlots ? "free_percpu_slots" : "free_slots").push(slot);
      }
    },
    samplePlan: samplePlan(isTimed, percpuSlots),
    decode: hardirqTable,
  };
}

function samplePlan(isTimed: boolean, percpuSlots: number): SamplePlan {
  const { cells, rows, histograms, percpu_histograms } = layouts.maps;
  const shared: BankedMap = { name: "histograms", value: histograms.value, banks: ["banks"] };
  const perCpu: BankedMap = { name: "percpu_histograms", value: percpu_histograms.value, banks: ["banks"] };
  return {
    cells: { name: "cells", value: cells.value, banks: ["banks"], writing: "writing", count: "times.count" },
    labels: { name: "rows", value: rows.value, banks: ["labels"], used: "used" },
    histograms: isTimed
      ? [
          { ...shared, holds: (slot) => slot >= percpuSlots },
          { ...perCpu, holds: (slot) => slot < percpuSlots },
        ]
      : [],
  };
}
