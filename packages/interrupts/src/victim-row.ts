import type { InterruptClass } from "./interrupt-class.ts";

/**
 * By what victims are told apart.
 *
 * @example
 * ```ts
 * import { VICTIM_KINDS, type VictimKind } from "@irqtrace/interrupts";
 *
 * const kind: VictimKind = "cgroup";
 * console.log(VICTIM_KINDS.includes(kind)); // true
 * ```
 */
export type VictimKind = "task" | "cgroup" | "cpu-mode";

/** All kinds, in the order of victim.bpf.h. See {@link VictimKind}. */
export const VICTIM_KINDS: readonly VictimKind[] = ["task", "cgroup", "cpu-mode"];

/**
 * What a CPU ran when it was interrupted. `unknown` where the kernel's stack does not say, or its symbols are hidden.
 *
 * @example
 * ```ts
 * import type { CpuMode } from "@irqtrace/interrupts";
 *
 * const isWork = (mode: CpuMode): boolean => mode !== "idle";
 * console.log(isWork("user")); // true
 * ```
 */
export type CpuMode = "idle" | "user" | "kernel" | "unknown";

/**
 * The time that one source of interrupts took from one victim. Times are exclusive: what nested inside has a row of its
 * own.
 *
 * The victim is the task that was current. A softirq in ksoftirqd or ktimers is that thread's own work: its rows say so
 * by that thread's name. One that runs when a task enables softirqs again is charged to the task, whoever caused it.
 *
 * @example
 * ```ts
 * import type { VictimRow } from "@irqtrace/interrupts";
 *
 * const shareOfCpu = (row: VictimRow, intervalNs: number): number => row.totalNs / intervalNs;
 * console.log(typeof shareOfCpu); // function
 * ```
 */
export interface VictimRow {
  /** `idle`: nobody's time; by task there is a row for each CPU. `others`: what found no row of its own, the sum of one class. */
  readonly victimKind: VictimKind | "idle" | "others";
  /** A task's name, a cgroup's path (or `cgroup NUMBER` where it has gone), a {@link CpuMode}, "(idle)" or "(others)". */
  readonly victim: string;
  /** Of a task: its number, and that of its process. */
  readonly tid?: number;
  readonly pid?: number;
  /** The number that the kernel gave a cgroup. */
  readonly cgroup?: number;
  readonly class: InterruptClass;
  /** Of devices and arm64's IPIs. */
  readonly irq?: number;
  /** Of system vectors and softirqs. */
  readonly vector?: number;
  /** The handler's, vector's or IPI's name; "(any)" of `others`, and "nmi" for all handlers of NMIs together. */
  readonly name: string;
  /** The row's place in the tracer's table: the same in all readings of one tracer. */
  readonly slot: number;
  readonly count: number;
  readonly totalNs: number;
}
