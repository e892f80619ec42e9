import type { Flavour, Format, Invocation } from "../invocation.ts";

/** Names of @irqtrace/interrupts, which is loaded only once the command line is right; a test compares them. */
export const VICTIM_KIND_NAMES = ["task", "cgroup", "cpu-mode"] as const;
export type VictimKindName = (typeof VICTIM_KIND_NAMES)[number];

export const CLASS_NAMES = ["device", "vector", "ipi", "nmi", "softirq"] as const;
export type ClassName = (typeof CLASS_NAMES)[number];

/** Keys that order victims: sizes fall, names rise. */
export const VICTIM_SORT_KEYS = ["total", "count", "name"] as const;
export type VictimSortKey = (typeof VICTIM_SORT_KEYS)[number];

/** A checked command line of `irqtrace victims`. */
export interface VictimsInvocation
  extends Pick<Invocation, "everyMs" | "intervalCount" | "nanoseconds" | "timestamp" | "cost" | "verbose"> {
  readonly by: VictimKindName;
  /** Undefined: all that there are here. */
  readonly classes: readonly ClassName[] | undefined;
  readonly cpus: readonly number[] | undefined;
  readonly cgroup: string | undefined;
  readonly sort: VictimSortKey;
  /** Victims, each with all of its sources. */
  readonly top: number | undefined;
  /** Pairs of a victim and a source to make room for. */
  readonly entries: number | undefined;
  readonly format: Format;
  readonly flavour: Flavour | undefined;
}
