import type { Flavour } from "../invocation.ts";

/** Names of @irqtrace/interrupts, which is loaded only once the command line is right; a test compares them. */
export const SLOW_CLASS_NAMES = ["device", "vector", "ipi", "nmi", "softirq", "raise"] as const;
export type SlowClassName = (typeof SLOW_CLASS_NAMES)[number];

export const SLOW_FORMATS = ["table", "json"] as const;
export type SlowFormat = (typeof SLOW_FORMATS)[number];

/** A checked command line of `irqtrace slow`. */
export interface SlowInvocation {
  readonly overNs: number;
  /** Undefined: all that there are here. */
  readonly classes: readonly SlowClassName[] | undefined;
  /** Undefined: until it is told to end. */
  readonly durationMs: number | undefined;
  readonly stack: boolean;
  readonly cpus: readonly number[] | undefined;
  readonly cgroup: string | undefined;
  readonly matchesName: (name: string) => boolean;
  readonly utc: boolean;
  readonly format: SlowFormat;
  readonly flavour: Flavour | undefined;
  readonly verbose: boolean;
}
