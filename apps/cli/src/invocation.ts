import type { TraceCommand } from "./trace-commands.ts";

export const FORMATS = ["table", "json", "csv"] as const;
export type Format = (typeof FORMATS)[number];

export const FLAVOURS = ["tp_btf", "raw_tp"] as const;
export type Flavour = (typeof FLAVOURS)[number];

/** Keys that order rows by size, largest first; all but `count` need times. */
export const SIZE_KEYS = ["total", "self", "count", "avg", "max", "p99"] as const;
export type SizeKey = (typeof SIZE_KEYS)[number];
export type SortKey = SizeKey | "name" | "irq" | "vector";

/** A checked command line. */
export interface Invocation {
  readonly command: TraceCommand;
  /** Length of an interval in milliseconds; undefined: one summary at the end. */
  readonly everyMs: number | undefined;
  /** Intervals until the trace ends by itself. */
  readonly intervalCount: number | undefined;
  readonly measure: "time" | "count";
  readonly distribution: boolean;
  /** Whether rows tell how long runs had waited. */
  readonly latency: boolean;
  /** Whether the kernel's stack tells where they began. */
  readonly places: boolean;
  readonly nanoseconds: boolean;
  readonly timestamp: "none" | "local" | "utc";
  readonly perCpu: boolean;
  /** Whether sources are shown by CPU, with where they may run. */
  readonly matrix: boolean;
  /** Classes of hard interrupts; undefined where none were asked for: devices. */
  readonly classes: readonly string[] | "all" | undefined;
  /** Whether rows tell their time without what interrupted them. */
  readonly self: boolean;
  readonly cpus: readonly number[] | undefined;
  readonly cgroup: string | undefined;
  readonly matchesName: (name: string) => boolean;
  readonly sort: SortKey;
  readonly top: number | undefined;
  readonly format: Format;
  /** Whether reports tell what tracing cost. */
  readonly cost: boolean;
  /** Whether reports say what is worth a look in them. */
  readonly findings: boolean;
  readonly flavour: Flavour | undefined;
  readonly verbose: boolean;
}
