export type { Cost, Interval, Lost, RawSnapshot, Snapshot } from "@irqtrace/decode";
export { countsPerCpu } from "./counts-per-cpu.ts";
export { type Coverage, type CoverageLine, type CoverageShare, lineShare } from "./coverage.ts";
export { decodeInterrupts, interruptDifference } from "./decode-interrupts.ts";
export { decodeSlowRecord, type SlowRecord } from "./decode-slow-record.ts";
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
export {
  type InterruptedMode,
  type InterruptedTask,
  SLOW_CLASSES,
  type SlowClass,
  type SlowEvent,
  type StackFrame,
} from "./slow-event.ts";
export { type CpuMode, VICTIM_KINDS, type VictimKind, type VictimRow } from "./victim-row.ts";
