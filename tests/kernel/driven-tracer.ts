import { dlopen, ptr } from "bun:ffi";
import { type BpfMap, type LoadedObject, openObject, possibleCpus } from "@irqtrace/loader";
import type { Tracer, TracerDefinition, TracerOptions } from "@irqtrace/tracer";
import { cpuMask } from "../../packages/tracer/src/cpu-mask.ts";
import { SamplingTracer } from "../../packages/tracer/src/sampling-tracer.ts";
import { runRawProgram } from "./run-raw-program.ts";

/** A tracer whose programs are attached to nothing: the only events are those that a test makes. */
export interface DrivenTracer<Row> extends Disposable {
  readonly tracer: Tracer<Row>;
  readonly object: LoadedObject;
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
  const { layouts, maxEntries, mapKinds, rodata } = definition;
  const programs = definition.programs("raw_tp");
  using open = openObject(definition.object(), layouts, { name: definition.name });
  open.configure({
    programs: Object.fromEntries(Object.keys(layouts.programs).map((name) => [name, programs.includes(name)])),
    maxEntries,
    mapKinds,
    rodata: {
      ...rodata,
      filter_cpus: options.cpus !== undefined,
      ...(options.cpus === undefined ? {} : { cpu_mask: cpuMask(options.cpus, possibleCpus()) }),
    },
  });
  const object = open.load();
  definition.prepare?.(object);
  const tracer = new SamplingTracer({
    definition,
    options,
    possibleCpus: possibleCpus(),
    object: asDriven(object, interference),
    programs,
    description: { flavour: "raw_tp", libbpf: { path: "", version: "", source: "system" }, programs, maps: [] },
  });
  return {
    tracer,
    object,
    run: (program, tracepointArguments, cpu = 0) =>
      runRawProgram(object.program(`${program}_raw_tp`).fd, tracepointArguments, cpu),
    [Symbol.dispose]: () => tracer[Symbol.dispose](),
  };
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
