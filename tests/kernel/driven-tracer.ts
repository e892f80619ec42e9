import { dlopen, ptr } from "bun:ffi";
import { type BpfMap, type LoadedObject, openObject, possibleCpus } from "@irqtrace/loader";
import type { ObjectDefinition, Tracer, TracerDefinition, TracerOptions } from "@irqtrace/tracer";
import { cpuMask } from "../../packages/tracer/src/cpu-mask.ts";
import { SamplingTracer, type TracedObject } from "../../packages/tracer/src/sampling-tracer.ts";
import { runRawProgram } from "./run-raw-program.ts";

/** A tracer whose programs are attached to nothing: the only events are those that a test makes. */
export interface DrivenTracer<Row> extends Disposable {
  readonly tracer: Tracer<Row>;
  /** The loaded object of that name. */
  object(name: string): LoadedObject;
  /** Runs the program whose name starts so, as if its tracepoint had fired with these arguments. */
  run(program: string, tracepointArguments: readonly bigint[], cpu?: number): void;
}

/** What a test can do that the kernel does not do when asked to. */
export interface Interference {
  /** Is told when the tracer is about to read a single item of a map. */
  onItemRead?(map: string, item: number): void;
  /** Runs that the kernel skipped, of each program. */
  recursionMisses?(): number | null;
}

/** Loads what the definition declares, as raw_tp programs, which the kernel can be asked to run. */
export function driveTracer<Row>(
  definition: TracerDefinition<Row>,
  options: TracerOptions = {},
  interference: Interference = {},
): DrivenTracer<Row> {
  const shared: Record<string, BpfMap> = {};
  const objects = definition.objects.map((declared) => loadRaw(declared, options, shared));
  const tracer = new SamplingTracer({
    definition,
    options,
    possibleCpus: possibleCpus(),
    objects: objects.map((traced) => ({ ...traced, object: asDriven(traced.object, interference) })),
    statistics: null,
    description: { flavour: "raw_tp", libbpf: { path: "", version: "", source: "system" }, programs: [], maps: [] },
  });
  const found = (isIt: (traced: TracedObject) => boolean, what: string): LoadedObject => {
    const traced = objects.find(isIt);
    if (traced === undefined) throw new Error(`No object of the definition is or loads "${what}".`);
    return traced.object;
  };
  return {
    tracer,
    object: (name) => found(({ object }) => object.name === name, name),
    run: (program, tracepointArguments, cpu = 0) => {
      const name = `${program}_raw_tp`;
      const object = found(({ programs }) => programs.includes(name), name);
      runRawProgram(object.program(name).fd, tracepointArguments, cpu);
    },
    [Symbol.dispose]: () => tracer[Symbol.dispose](),
  };
}

function loadRaw(declared: ObjectDefinition, options: TracerOptions, shared: Record<string, BpfMap>): TracedObject {
  const { layouts, maxEntries, mapKinds, rodata, sharedMaps = [], samplePlans } = declared;
  const programs = declared.programs("raw_tp");
  using open = openObject(declared.object(), layouts, { name: declared.name });
  open.configure({
    programs: Object.fromEntries(Object.keys(layouts.programs).map((name) => [name, programs.includes(name)])),
    maxEntries,
    mapKinds,
    reuse: Object.fromEntries(sharedMaps.map((name) => [name, shared[name]])),
    rodata: {
      ...rodata,
      filter_cpus: options.cpus !== undefined,
      ...(options.cpus === undefined ? {} : { cpu_mask: cpuMask(options.cpus, possibleCpus()) }),
    },
  });
  const object = open.load();
  for (const name of sharedMaps) shared[name] ??= object.map(name);
  declared.prepare?.(object, possibleCpus());
  return { object, programs, samplePlans };
}

const asDriven = (object: LoadedObject, { onItemRead, recursionMisses }: Interference): LoadedObject => ({
  name: object.name,
  schema: object.schema,
  programNames: object.programNames,
  mapNames: object.mapNames,
  hasSection: (name) => object.hasSection(name),
  map: (name) => withListener(object.map(name), onItemRead ?? (() => {})),
  program: (name) => {
    const program = object.program(name);
    if (recursionMisses === undefined) return program;
    const statistics: typeof program.statistics = () => ({
      ...program.statistics(),
      recursionMisses: recursionMisses(),
    });
    return { name: program.name, id: program.id, fd: program.fd, statistics };
  },
  section: (name) => object.section(name),
  attach: () => ({ [Symbol.dispose]: () => {} }),
  [Symbol.dispose]: () => object[Symbol.dispose](),
});

/** The map itself, but for `readItemInto`. */
function withListener<Map extends BpfMap>(map: Map, onItemRead: (map: string, item: number) => void): Map {
  const readItemInto: BpfMap["readItemInto"] = (item, target, byteOffset) => {
    onItemRead(map.name, item);
    map.readItemInto(item, target, byteOffset);
  };
  return new Proxy(map, {
    get: (target, property) => {
      if (property === "readItemInto") return readItemInto;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const CLOCK_MONOTONIC = 1;
const { symbols: libc } = dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });

/** The clock that programs read with bpf_ktime_get_ns. */
export function kernelNowNs(): number {
  const timespec = new BigUint64Array(new ArrayBuffer(16));
  // SAFETY: struct timespec is two 64-bit numbers, and the buffer outlives the call.
  if (libc.clock_gettime(CLOCK_MONOTONIC, ptr(timespec)) !== 0) throw new Error("Cannot read the monotonic clock.");
  return Number((timespec[0] ?? 0n) * 1_000_000_000n + (timespec[1] ?? 0n));
}
