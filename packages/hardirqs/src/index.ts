export type { Cost, Histogram, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export type { Flavour, IntervalOptions, Tracer, TracerDescription, TracerOptions } from "@irqtrace/tracer";
export { decodeHardirqs, difference } from "./decode.ts";
export type { CountedHardirqRow, TimedHardirqRow } from "./row.ts";
export { type HardirqOptions, traceHardirqs } from "./trace-hardirqs.ts";
