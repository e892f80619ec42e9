import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
import type { Flavour, ObjectDefinition, SamplePlan, TracerDefinition, TracerOptions } from "@irqtrace/tracer";
import { type CodeRange, type SoftirqCode, softirqCode } from "./kernel-code.ts";
import type { CountedSoftirqRow, TimedSoftirqRow } from "./row.ts";
import { type SoftirqThreads, softirqThreads } from "./softirq-threads.ts";
import { SCHEMA, softirqTable } from "./table.ts";

/** What decides how the object of softirqs is loaded. */
export interface SoftirqMeasurement extends Pick<TracerOptions, "measure"> {
  /** Whether what interrupts take of the softirqs' time is measured too. */
  readonly exclusive?: boolean | undefined;
  readonly latency?: boolean | undefined;
  readonly places?: "thread" | "stack" | undefined;
}

/** What latencies and places need to know of the machine. */
export interface SoftirqMachine {
  code(): SoftirqCode | null;
  threads(cpus: readonly number[]): readonly SoftirqThreads[];
}

const THIS_MACHINE: SoftirqMachine = { code: softirqCode, threads: softirqThreads };

const HIDDEN_CODE =
  "The kernel keeps its addresses to itself: softirqs at an interrupt's end and in tasks are not told apart. That needs CAP_SYSLOG, and kernel.kptr_restrict below 2.";

/** Declares a tracer of softirqs with these options; `isPreemptRt` says whether they can be preempted here. */
export function softirqDefinition(
  options: SoftirqMeasurement,
  isPreemptRt: boolean,
  schema: string = SCHEMA,
  machine: SoftirqMachine = THIS_MACHINE,
): TracerDefinition<CountedSoftirqRow | TimedSoftirqRow> {
  const { measure, exclusive, latency, places } = options;
  const code = latency && places === "stack" ? machine.code() : null;
  return {
    schema,
    exclusive: measure !== "count" && exclusive === true,
    objects: [softirqObject(options, isPreemptRt, { ...machine, code: () => code })],
    ...(latency ? { annotate: (raw) => ({ ...raw, places: code === null ? "thread" : "stack" }) } : {}),
    notes: latency && places === "stack" && code === null ? [HIDDEN_CODE] : [],
    decode: (raw) => [softirqTable(raw, schema)],
  };
}

/** Declares how the object of softirqs is loaded and read. */
export function softirqObject(
  { measure = "time", exclusive = false, latency = false, places = "thread" }: SoftirqMeasurement,
  isPreemptRt: boolean,
  machine: SoftirqMachine = THIS_MACHINE,
): ObjectDefinition {
  const isExclusive = measure === "time" && exclusive;
  const code = latency && places === "stack" ? machine.code() : null;
  return {
    name: "softirqs",
    object: softirqsObject,
    layouts,
    tracepoints: ["softirq_entry", "softirq_exit", ...(latency ? ["softirq_raise"] : [])],
    programs: (flavour) => (measure === "time" ? timePrograms(flavour, latency) : [`softirq_count_${flavour}`]),
    // What is not measured takes no memory.
    maxEntries: latency ? {} : { latencies: 1 },
    rodata: { preempt_rt: isPreemptRt, exclusive: isExclusive, ...(code === null ? {} : codeData(code)) },
    sharedMaps: isExclusive ? ["interrupt_times"] : [],
    prepare: (object, cpus) => {
      if (latency) object.map("softirq_threads").set(0, machine.threads(cpus));
    },
    samplePlans: latency ? [TIMES, WAITS] : [TIMES],
  };
}

/**
 * The entry before the exit: an exit whose entry was not seen counts as lost. And before the raise: one that is remembered
 * must not be of a run that nobody saw.
 */
function timePrograms(flavour: Flavour, latency: boolean): readonly string[] {
  return latency
    ? [`softirq_wait_${flavour}`, `softirq_raise_${flavour}`, `softirq_exit_${flavour}`]
    : [`softirq_entry_${flavour}`, `softirq_exit_${flavour}`];
}

const TIMES: SamplePlan = {
  cells: {
    name: "vectors",
    value: layouts.maps.vectors.value,
    banks: ["banks", "histogram.banks", "taken_ns"],
    writing: "writing",
    count: "count",
  },
};

const WAITS: SamplePlan = {
  cells: {
    name: "latencies",
    value: layouts.maps.latencies.value,
    banks: ["banks", "histogram.banks", "unmatched_raise", "places"],
    writing: "writing",
    count: "count",
  },
};

function codeData({ interruptExit, bhEnable }: SoftirqCode): Readonly<Record<string, unknown>> {
  const ranges = (given: readonly CodeRange[]): readonly CodeRange[] =>
    Array.from({ length: CODE_RANGES }, (_, index) => given[index] ?? { start: 0, end: 0 });
  return { places_by_stack: true, interrupt_exit_code: ranges(interruptExit), bh_enable_code: ranges(bhEnable) };
}

/** CODE_RANGES of place.bpf.h. */
const CODE_RANGES = 8;
