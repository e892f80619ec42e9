export type { Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export { createTracer } from "./create-tracer.ts";
export type { BankedMap } from "./banked-image.ts";
export type { SamplePlan, TracerDefinition } from "./definition.ts";
export { type Flavour, FLAVOURS, type TracerOptions } from "./options.ts";
export { isPreemptRt } from "./preempt-rt.ts";
export type { IntervalOptions, Tracer, TracerDescription } from "./tracer.ts";
