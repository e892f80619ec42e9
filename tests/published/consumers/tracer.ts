import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
import { bankOffsets, rawMap, sumColumn } from "@irqtrace/decode";
import { createTracer, isPreemptRt, type Tracer, type TracerDefinition } from "@irqtrace/tracer";

interface Row {
  readonly vector: number;
  readonly count: number;
}

const SCHEMA = "consumer.softirqs/1";
const cells = layouts.maps.vectors.value;
const countOffsets = bankOffsets(cells, "banks", "count");
const definition: TracerDefinition<Row> = {
  schema: SCHEMA,
  objects: [
    {
      name: "softirqs",
      object: softirqsObject,
      layouts,
      tracepoints: ["softirq_exit"],
      programs: (flavour) => [`softirq_count_${flavour}`],
      rodata: { preempt_rt: isPreemptRt() },
      samplePlans: [
        {
          cells: {
            name: "vectors",
            value: cells,
            banks: ["banks", "histogram.banks"],
            writing: "writing",
            count: "count",
          },
        },
      ],
    },
  ],
  decode: (raw) => [
    {
      columns: [sumColumn(rawMap(raw, SCHEMA, "vectors", cells.size), countOffsets, false)],
      row: (vector, [count = 0]) => ({ vector, count }),
    },
  ],
};

using tracer: Tracer<Row> = createTracer(definition, { measure: "count" });
for await (const { rows } of tracer.intervals({ everyMs: 100, count: 1 })) {
  if (rows.every(({ count }) => count === 0)) throw new Error("No softirq ran.");
}
console.log("tracer: well");
