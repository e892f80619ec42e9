import { slow as layouts } from "@irqtrace/bpf-objects/layouts";
import { slowObject } from "@irqtrace/bpf-objects/slow";
import { machineTableSize } from "@irqtrace/hardirqs";
import {
  hasRawTracepoint,
  hasTracepointBtf,
  kernelHasBtf,
  type LoadedObject,
  libbpf,
  openObject,
  possibleCpus,
  ringBufferLock,
  showsKernelAddresses,
  UnsupportedKernelError,
} from "@irqtrace/loader";
import { chooseFlavour, type EventFilter, isPreemptRt, openFilter } from "@irqtrace/tracer";
import { assertRingIsSafe } from "./ring-safety.ts";
import type { SlowClass } from "./slow-event.ts";
import { checkSlowOptions, DEFAULT_OVER_NS, type SlowOptions } from "./slow-options.ts";
import { planSlow, type SlowPlan } from "./slow-plan.ts";
import { SlowReader } from "./slow-reader.ts";
import type { SlowDescription, SlowTracer } from "./slow-tracer.ts";

type SlowObject = LoadedObject<typeof layouts>;

/**
 * Reports each handler run, softirq run and wait of a softirq that takes `overNs` or longer, as it happens.
 *
 * The kernel reports at most `eventLimit` events of a CPU in 100 ms, whatever happens: a threshold of 0 is safe.
 *
 * @throws TypeError or RangeError for a wrong option, before anything is loaded; UnsupportedKernelError where this kernel
 * has none of the classes, lacks one that was asked for, or cannot use a ring buffer in an interrupt; BpfError and its
 * kinds if the kernel refuses.
 *
 * @example
 * ```ts
 * // kernel
 * import { traceSlow } from "@irqtrace/interrupts";
 *
 * using tracer = traceSlow({ overNs: 1_000_000, stack: true });
 * console.log(tracer.description.classes.join(" "));
 * ```
 */
export function traceSlow(options: SlowOptions = {}): SlowTracer {
  checkSlowOptions(options);
  const { classes, cpus, cgroup, overNs = DEFAULT_OVER_NS } = options;
  const isRealTime = isPreemptRt();
  assertRingIsSafe({ isPreemptRt: isRealTime, lock: ringBufferLock });
  const flavour = chooseFlavour(options.flavour, ["irq_handler_exit"]);
  const plan = planSlow(classes, { architecture: process.arch, hasTracepoint }, flavour);
  assertPossible(plan, classes);
  const hidesAddresses = !showsKernelAddresses();
  const withStack = options.stack === true || !hidesAddresses;
  const settings: Settings = {
    overNs,
    eventLimit: options.eventLimit ?? defaultEventLimit(possibleCpus().length),
    withStack,
    isRealTime,
    log: options.log,
  };
  // No "using" in this file: Node imports it, and Node 20 and 22 cannot parse that.
  const filter = openFilter({ cpus, cgroup });
  try {
    const object = load(plan, settings, filter);
    try {
      filter.install(object);
      const description: SlowDescription = {
        ...{ flavour, libbpf: libbpf(), programs: plan.programs, maps: mapsOf(object), overNs, hidesAddresses },
        ...{ classes: plan.classes, absentClasses: plan.absent },
      };
      const link = object.attach({ only: programNames(plan), tracepoints: plan.tracepoints });
      return new SlowReader({ object, link, description, stack: options.stack === true });
    } catch (error) {
      object[Symbol.dispose]();
      throw error;
    }
  } finally {
    filter[Symbol.dispose]();
  }
}

interface Settings {
  readonly overNs: number;
  readonly eventLimit: number;
  readonly withStack: boolean;
  readonly isRealTime: boolean;
  readonly log: SlowOptions["log"];
}

function load(plan: SlowPlan, settings: Settings, filter: EventFilter): SlowObject {
  const { overNs, eventLimit, withStack, isRealTime, log } = settings;
  const open = openObject(slowObject(), layouts, { name: "slow", log });
  try {
    const wanted = Object.keys(layouts.programs).map((name) => [name, plan.programs.includes(name)] as const);
    open.configure({
      programs: Object.fromEntries(wanted),
      maxEntries: {
        irqs: plan.programs.includes("device_entry") ? machineTableSize().irqs : 1,
        events: ringBytes(possibleCpus().length, eventLimit, withStack),
      },
      rodata: {
        ...{ threshold_ns: BigInt(overNs), window_limit: BigInt(eventLimit), with_stack: withStack },
        ...{ preempt_rt: isRealTime, ...plan.rodata, ...filter.rodata },
      },
    });
    return open.load();
  } finally {
    open[Symbol.dispose]();
  }
}

type ProgramName = keyof typeof layouts.programs;

function programNames(plan: SlowPlan): readonly ProgramName[] {
  const isName = (name: string): name is ProgramName => Object.hasOwn(layouts.programs, name);
  return plan.programs.filter(isName);
}

function assertPossible({ classes, absent }: SlowPlan, wanted: readonly SlowClass[] | undefined): void {
  if (classes.length > 0 && (wanted === undefined || absent.length === 0)) return;
  const names = absent.join(", ");
  throw new UnsupportedKernelError({
    operation: "trace the class",
    what: names,
    errno: ENOENT,
    why: "this kernel or this architecture has no tracepoints for it",
    hint: classes.length > 0 ? `Leave it out: ${classes.join(", ")} can be traced.` : "Use another kernel.",
    feature: `tracepoints of the class ${names}`,
    minimumVersion: null,
  });
}

/** Without BTF only a device's name cannot be read, which the loader will say. */
function hasTracepoint(name: string): boolean {
  return kernelHasBtf() ? hasTracepointBtf(name) : hasRawTracepoint(name) !== false;
}

const ENOENT = 2;

function mapsOf(object: SlowObject): SlowDescription["maps"] {
  return object.mapNames.map((name) => {
    const { kind, maxEntries: entries, stride } = object.map(name);
    return { name, entries, bytes: kind === "ringbuf" ? entries : entries * stride };
  });
}

/** Of all CPUs together in 100 ms: as many as can be read and printed in that time. */
const EVENTS_OF_ALL_CPUS = 5_000;
const MOST_EVENTS = 1_000;
const FEWEST_EVENTS = 50;

/** What a CPU may report in 100 ms by default. */
export function defaultEventLimit(cpuCount: number): number {
  return Math.max(FEWEST_EVENTS, Math.min(MOST_EVENTS, Math.floor(EVENTS_OF_ALL_CPUS / cpuCount)));
}

const LEAST_RING_BYTES = 1 << 18;
const MOST_RING_BYTES = 1 << 24;

/** Room for what all CPUs may report in 100 ms: a power of two, as ring buffers must be. */
export function ringBytes(cpuCount: number, eventLimit: number, withStack: boolean): number {
  const recordBytes = withStack ? 1_160 : 144;
  const wanted = cpuCount * eventLimit * recordBytes;
  const rounded = 2 ** Math.ceil(Math.log2(wanted));
  return Math.max(LEAST_RING_BYTES, Math.min(MOST_RING_BYTES, rounded));
}
