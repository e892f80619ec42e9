export type { Cost, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export type { Flavour, IntervalOptions, Tracer, TracerDescription, TracerOptions } from "@irqtrace/tracer";
export { CgroupPaths } from "./cgroup-paths.ts";
export { countsPerCpu } from "./counts-per-cpu.ts";
export { type Coverage, type CoverageLine, type CoverageShare, lineShare } from "./coverage.ts";
export { decodeInterrupts, interruptDifference } from "./decode-interrupts.ts";
export { decodeVictims } from "./decode-victims.ts";
export {
  type DeviceLine,
  FINDING_RULES,
  FINDING_THRESHOLDS,
  type Finding,
  type FindingRow,
  type FindingRule,
  type FindingThresholds,
  type MachineFacts,
} from "./finding.ts";
export { type FindingInput, findings } from "./findings.ts";
export { INTERRUPT_CLASSES, type InterruptClass, type InterruptClassDescription } from "./interrupt-class.ts";
export type { CountedInterruptRow, TimedInterruptRow } from "./interrupt-row.ts";
export { machineFacts } from "./machine-facts.ts";
export { type CoverageOptions, measureCoverage } from "./measure-coverage.ts";
export {
  type InterruptedMode,
  type InterruptedTask,
  SLOW_CLASSES,
  type SlowClass,
  type SlowEvent,
  type StackFrame,
} from "./slow-event.ts";
export { DEFAULT_OVER_NS, type SlowOptions } from "./slow-options.ts";
export type { SlowBatch, SlowBatchOptions, SlowDescription, SlowLost, SlowTracer } from "./slow-tracer.ts";
export { type InterruptOptions, traceInterrupts } from "./trace-interrupts.ts";
export { traceSlow } from "./trace-slow.ts";
export { traceVictims, type VictimOptions } from "./trace-victims.ts";
export { type CpuMode, VICTIM_KINDS, type VictimKind, type VictimRow } from "./victim-row.ts";
