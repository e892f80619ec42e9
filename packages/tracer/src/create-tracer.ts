import { type BpfMap, enableStatistics, type LoadedObject, libbpf, openObject, possibleCpus } from "@irqtrace/loader";
import type { ObjectDefinition, TracerDefinition } from "./definition.ts";
import { disposeAll } from "./dispose-all.ts";
import { type EventFilter, openFilter } from "./event-filter.ts";
import { chooseFlavour } from "./flavour.ts";
import { checkOptions, type Flavour, type TracerOptions } from "./options.ts";
import { SamplingTracer, type TracedObject } from "./sampling-tracer.ts";
import type { Tracer, TracerDescription } from "./tracer.ts";

/**
 * Loads and attaches what a definition declares.
 *
 * @throws TypeError or RangeError for a wrong option, before anything is loaded; BpfError and its kinds if the kernel
 * refuses, after undoing what was done; UnsupportedPlatformError where there is no BPF.
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { bankOffsets, rawMap, sumColumn } from "@irqtrace/decode";
 * import { createTracer } from "@irqtrace/tracer";
 *
 * const schema = "example.softirqs/1";
 * const value = layouts.maps.vectors.value;
 * const counts = bankOffsets(value, "banks", "count");
 * using tracer = createTracer<{ vector: number; count: number }>(
 *   {
 *     schema,
 *     objects: [
 *       {
 *         name: "softirqs",
 *         object: softirqsObject,
 *         layouts,
 *         tracepoints: ["softirq_exit"],
 *         programs: (flavour) => [`softirq_count_${flavour}`],
 *         samplePlans: [
 *           { cells: { name: "vectors", value, banks: ["banks", "histogram.banks"], writing: "writing", count: "count" } },
 *         ],
 *       },
 *     ],
 *     decode: (raw) => [
 *       {
 *         columns: [sumColumn(rawMap(raw, schema, "vectors", value.size), counts, false)],
 *         row: (vector, [count = 0]) => ({ vector, count }),
 *       },
 *     ],
 *   },
 *   { measure: "count" },
 * );
 * await Bun.sleep(100);
 * console.log(tracer.snapshot().rows);
 * ```
 */
export function createTracer<Row>(definition: TracerDefinition<Row>, options: TracerOptions): Tracer<Row> {
  checkOptions(options);
  const cpus = possibleCpus();
  // No "using" in this file: Node imports it, and Node 20 and 22 cannot parse that.
  const filter = openFilter(options);
  let objects: readonly TracedObject[] = [];
  let statistics: Disposable | null = null;
  try {
    // Before anything is attached, so that no run is left out.
    if (options.cost === true) statistics = enableStatistics();
    const loaded = loadPreferred(definition, options, filter);
    objects = loaded.objects;
    const { absentTracepoints = [], notes = [] } = definition;
    const description = { ...describe(objects, loaded.flavour), absentTracepoints, notes };
    return new SamplingTracer({ definition, options, possibleCpus: cpus, objects, statistics, description });
  } catch (error) {
    disposeAll([...objectsOf(objects), statistics]);
    throw error;
  } finally {
    filter[Symbol.dispose]();
  }
}

interface LoadedObjects {
  readonly objects: readonly TracedObject[];
  readonly flavour: Flavour;
}

/**
 * Loads the objects in the flavour asked for, else as tp_btf where that is possible. Only a kernel that refuses it is
 * asked what its BTF has: reading that takes longer than loading.
 */
function loadPreferred<Row>(
  definition: TracerDefinition<Row>,
  options: TracerOptions,
  filter: EventFilter,
): LoadedObjects {
  const tracepoints = definition.objects.flatMap((declared) => declared.tracepoints);
  if (options.flavour !== undefined)
    return loadAll(definition, chooseFlavour(options.flavour, tracepoints), options, filter);
  try {
    return loadAll(definition, "tp_btf", options, filter);
  } catch (error) {
    const flavour = chooseFlavour(undefined, tracepoints);
    if (flavour === "tp_btf") throw error;
    return loadAll(definition, flavour, options, filter);
  }
}

function loadAll<Row>(
  definition: TracerDefinition<Row>,
  flavour: Flavour,
  { log }: TracerOptions,
  filter: EventFilter,
): LoadedObjects {
  const objects: TracedObject[] = [];
  const shared = new Map<string, BpfMap>();
  try {
    for (const declared of definition.objects) {
      const programs = declared.programs(flavour);
      const object = load(declared, log, programs, filter.rodata, shared);
      objects.push({ object, programs, attachTo: declared.attachTo, samplePlans: declared.samplePlans });
      for (const name of declared.sharedMaps ?? []) shared.set(name, shared.get(name) ?? object.map(name));
      filter.install(object);
      declared.prepare?.(object, possibleCpus());
    }
    return { objects, flavour };
  } catch (error) {
    disposeAll(objectsOf(objects));
    throw error;
  }
}

/** The last first. */
const objectsOf = (traced: readonly TracedObject[]): LoadedObject[] => traced.map(({ object }) => object).toReversed();

function load(
  { name, layouts, maxEntries, mapKinds, rodata, sharedMaps, ...definition }: ObjectDefinition,
  log: TracerOptions["log"],
  programs: readonly string[],
  filter: Readonly<Record<string, unknown>>,
  shared: ReadonlyMap<string, BpfMap>,
): LoadedObject {
  const object = openObject(definition.object(), layouts, { name, log });
  try {
    const wanted = Object.keys(layouts.programs).map((program) => [program, programs.includes(program)] as const);
    const reuse = (sharedMaps ?? []).flatMap((map) => {
      const first = shared.get(map);
      return first === undefined ? [] : [[map, first] as const];
    });
    object.configure({
      programs: Object.fromEntries(wanted),
      maxEntries,
      mapKinds,
      rodata: { ...filter, ...rodata },
      reuse: Object.fromEntries(reuse),
    });
    return object.load();
  } finally {
    object[Symbol.dispose]();
  }
}

function describe(objects: readonly TracedObject[], flavour: Flavour): TracerDescription {
  const maps = objects.flatMap(({ object }) =>
    object.mapNames.map((name) => {
      const map = object.map(name);
      // Arrays store no keys.
      const keyBytes = map.kind === "hash" ? map.keySize : 0;
      return { name, entries: map.maxEntries, bytes: map.maxEntries * (keyBytes + map.stride) };
    }),
  );
  return { flavour, libbpf: libbpf(), programs: objects.flatMap(({ programs }) => programs), maps };
}
