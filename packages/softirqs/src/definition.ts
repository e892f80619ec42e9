import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
import type { ObjectDefinition, TracerDefinition, TracerOptions } from "@irqtrace/tracer";
import type { CountedSoftirqRow, TimedSoftirqRow } from "./row.ts";
import { SCHEMA, softirqTable } from "./table.ts";

/** What decides how the object of softirqs is loaded. */
export interface SoftirqMeasurement extends Pick<TracerOptions, "measure"> {
  /** Whether what interrupts take of the softirqs' time is measured too. */
  readonly exclusive?: boolean | undefined;
}

/** Declares a tracer of softirqs with these options; `isPreemptRt` says whether they can be preempted here. */
export function softirqDefinition(
  options: SoftirqMeasurement,
  isPreemptRt: boolean,
  schema: string = SCHEMA,
): TracerDefinition<CountedSoftirqRow | TimedSoftirqRow> {
  return {
    schema,
    exclusive: options.measure !== "count" && options.exclusive === true,
    objects: [softirqObject(options, isPreemptRt)],
    decode: (raw) => [softirqTable(raw, schema)],
  };
}

/** Declares how the object of softirqs is loaded and read. */
export function softirqObject(
  { measure = "time", exclusive = false }: SoftirqMeasurement,
  isPreemptRt: boolean,
): ObjectDefinition {
  const isExclusive = measure === "time" && exclusive;
  return {
    name: "softirqs",
    object: softirqsObject,
    layouts,
    tracepoints: ["softirq_entry", "softirq_exit"],
    programs: (flavour) =>
      // The entry first: an exit whose entry was not seen counts as lost.
      measure === "time" ? [`softirq_entry_${flavour}`, `softirq_exit_${flavour}`] : [`softirq_count_${flavour}`],
    rodata: { preempt_rt: isPreemptRt, exclusive: isExclusive },
    sharedMaps: isExclusive ? ["interrupt_times"] : [],
    samplePlans: [
      {
        cells: {
          name: "vectors",
          value: layouts.maps.vectors.value,
          banks: ["banks", "histogram.banks", "taken_ns"],
          writing: "writing",
          count: "count",
        },
      },
    ],
  };
}
