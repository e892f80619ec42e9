import { hardirqsObject } from "@irqtrace/bpf-objects/hardirqs";
import { hardirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import type {
  BankedMap,
  ObjectDefinition,
  RawSnapshot,
  SamplePlan,
  TracerDefinition,
  TracerOptions,
} from "@irqtrace/tracer";
import { HARDIRQ_CLASSES, type HardirqClass } from "./hardirq-class.ts";
import { nmiAnnotator } from "./nmi-annotator.ts";
import type { AnyCountedHardirqRow, AnyTimedHardirqRow } from "./row.ts";
import { findSystemTracepoints, hasAny, systemObject } from "./system-definition.ts";
import { systemTable } from "./system-table.ts";
import { hardirqTable, SCHEMA } from "./table.ts";
import type { TableSize } from "./table-size.ts";

/** What decides how the object of device interrupts is loaded. */
export interface HardirqMeasurement extends Pick<TracerOptions, "measure" | "perCpu"> {
  /** Whether what other interrupts take of the handlers' time is measured too. */
  readonly exclusive?: boolean | undefined;
}

/** What decides how interrupts of all classes are traced. */
export interface HardirqSelection extends HardirqMeasurement {
  /** Of which rows are wanted; "all": those that this kernel has. */
  readonly classes?: readonly HardirqClass[] | "all" | undefined;
}

/**
 * Declares a tracer of hard interrupts with these options on a machine of this size. With exclusive times all classes
 * are traced, because each takes time from the others, and only the rows that are wanted come out.
 *
 * @throws UnsupportedKernelError if a class is asked for by name that this kernel does not have.
 */
export function hardirqDefinition(
  options: HardirqSelection,
  size: TableSize,
  schema: string = SCHEMA,
): TracerDefinition<AnyCountedHardirqRow | AnyTimedHardirqRow> {
  const { classes = ["device"], measure = "time" } = options;
  const wanted = classes === "all" ? HARDIRQ_CLASSES : classes;
  const isExclusive = measure === "time" && options.exclusive === true;
  const traced = isExclusive ? HARDIRQ_CLASSES : wanted;
  const tracepoints = findSystemTracepoints(traced, classes === "all" ? [] : wanted);
  const hasSystem = hasAny(tracepoints);
  const annotate = tracepoints.hasNmis ? nmiAnnotator(schema) : (raw: RawSnapshot): RawSnapshot => raw;
  const places = new Map<string, number>();
  return {
    schema,
    exclusive: isExclusive,
    absentTracepoints: tracepoints.absent,
    objects: [
      ...(traced.includes("device") ? [hardirqObject(options, size)] : []),
      ...(hasSystem ? [systemObject(options, tracepoints)] : []),
    ],
    annotate: (raw) => ({ ...annotate(raw), classes: wanted }),
    decode: (raw) => [
      ...(wanted.includes("device") ? [hardirqTable(raw, schema)] : []),
      ...(hasSystem ? [systemTable(raw, schema, places)] : []),
    ],
  };
}

/**
 * Declares how the object of device interrupts is loaded and read.
 *
 * @param hasIpiHandlers whether what CPUs send each other comes as handlers of devices
 */
export function hardirqObject(
  { measure = "time", perCpu = false, exclusive = false }: HardirqMeasurement,
  { irqs, actions, percpuActions }: TableSize,
  hasIpiHandlers: boolean = process.arch === "arm64",
): ObjectDefinition {
  // Actions that every CPU runs at once get histograms per CPU, and the first slots; with rows per CPU every action's
  // histogram is per CPU already.
  const percpuSlots = perCpu ? 0 : percpuActions;
  const slots = percpuSlots + actions;
  const isTimed = measure === "time";
  const isExclusive = isTimed && exclusive;
  return {
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
      openings: isExclusive ? irqs : 1,
      taken_times: isExclusive ? slots : 1,
    },
    mapKinds: {
      ...(perCpu ? { histograms: "percpu_array" } : {}),
      // Never used then, and a megabyte on 256 CPUs.
      ...(percpuSlots === 0 ? { percpu_histograms: "array" } : {}),
    },
    rodata: {
      percpu_slots: percpuSlots,
      histograms_per_cpu: perCpu,
      exclusive: isExclusive,
      has_ipi_handlers: hasIpiHandlers,
    },
    sharedMaps: isExclusive ? ["interrupt_times"] : [],
    prepare: (object) => {
      for (let slot = 0; slot < slots; slot++) {
        object.map(slot < percpuSlots ? "free_percpu_slots" : "free_slots").push(slot);
      }
    },
    samplePlans: [samplePlan(isTimed, isExclusive, percpuSlots)],
  };
}

function samplePlan(isTimed: boolean, isExclusive: boolean, percpuSlots: number): SamplePlan {
  const { cells, rows, histograms, percpu_histograms, taken_times } = layouts.maps;
  const shared: BankedMap = { name: "histograms", value: histograms.value, banks: ["banks"] };
  const perCpu: BankedMap = { name: "percpu_histograms", value: percpu_histograms.value, banks: ["banks"] };
  const taken: BankedMap = { name: "taken_times", value: taken_times.value, banks: ["banks"] };
  return {
    cells: { name: "cells", value: cells.value, banks: ["banks"], writing: "writing", count: "times.count" },
    labels: { name: "rows", value: rows.value, banks: ["labels"], used: "used" },
    details: [
      ...(isTimed
        ? [
            { ...shared, holds: (slot: number) => slot >= percpuSlots },
            { ...perCpu, holds: (slot: number) => slot < percpuSlots },
          ]
        : []),
      ...(isExclusive ? [{ ...taken, holds: () => true }] : []),
    ],
  };
}
