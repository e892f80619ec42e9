export type { Cost, Histogram, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export type { Flavour, IntervalOptions, Tracer, TracerDescription, TracerOptions } from "@irqtrace/tracer";
export { decodeSoftirqs, difference } from "./decode.ts";
export type {
  CountedSoftirqRow,
  SoftirqLatency,
  SoftirqPlaces,
  SoftirqWaits,
  TimedSoftirqRow,
} from "./row.ts";
export { defineSoftirqs, type SoftirqOptions, traceSoftirqs } from "./trace-softirqs.ts";
export { type SoftirqVector, VECTORS } from "./vectors.ts";
