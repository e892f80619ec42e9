import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
import type { TracerDefinition, TracerOptions } from "@irqtrace/tracer";
import type { CountedSoftirqRow, TimedSoftirqRow } from "./row.ts";
import { SCHEMA, softirqTable } from "./table.ts";

/** Declares how softirqs are traced with these options; `isPreemptRt` says whether they can be preempted here. */
export function softirqDefinition(
  { measure = "time" }: TracerOptions,
  isPreemptRt: boolean,
): TracerDefinition<CountedSoftirqRow | TimedSoftirqRow> {
  return {
    schema: SCHEMA,
    name: "softirqs",
    object: softirqsObject,
    layouts,
    tracepoints: ["softirq_entry", "softirq_exit"],
    programs: (flavour) =>
      // The entry first: an exit whose entry was not seen counts as lost.
      measure === "time" ? [`softirq_entry_${flavour}`, `softirq_exit_${flavour}`] : [`softirq_count_${flavour}`],
    rodata: { preempt_rt: isPreemptRt },
    samplePlan: {
      cells: {
        name: "vectors",
        value: layouts.maps.vectors.value,
        banks: ["banks", "histogram.banks"],
        writing: "writing",
        count: "count",
      },
    },
    decode: softirqTable,
  };
}
