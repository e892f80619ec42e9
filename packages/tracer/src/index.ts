export type { Cost, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export type { BankedMap } from "./banked-image.ts";
export { cgroupMounts } from "./cgroup.ts";
export { createTracer } from "./create-tracer.ts";
export type { ObjectDefinition, SamplePlan, TracerDefinition } from "./definition.ts";
export { type FoundTracepoints, findTracepoints, withoutTracepoints } from "./find-tracepoints.ts";
export { FLAVOURS, type Flavour, type TracerOptions } from "./options.ts";
export { isPreemptRt } from "./preempt-rt.ts";
export type { IntervalOptions, Tracer, TracerDescription } from "./tracer.ts";
