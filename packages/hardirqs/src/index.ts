export type { Cost, Histogram, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export type { Flavour, IntervalOptions, Tracer, TracerDescription, TracerOptions } from "@irqtrace/tracer";
export { decodeHardirqs, difference } from "./decode.ts";
export { HARDIRQ_CLASSES, type HardirqClass } from "./hardirq-class.ts";
export { type IrqPlacement, readIrqPlacement } from "./irq-placement.ts";
export type {
  AnyCountedHardirqRow,
  AnyTimedHardirqRow,
  CountedHardirqRow,
  CountedIpiRow,
  CountedNmiRow,
  CountedVectorRow,
  TimedHardirqRow,
} from "./row.ts";
export { SYSTEM_TRACEPOINTS, type SystemClass } from "./system-definition.ts";
export { SYSTEM_VECTORS, type SystemVector } from "./system-vectors.ts";
export { machineTableSize, type TableSize } from "./table-size.ts";
export { defineHardirqs, type HardirqOptions, traceHardirqs } from "./trace-hardirqs.ts";
