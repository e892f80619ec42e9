import type { InterruptClass } from "./interrupt-class.ts";

/** What an event is of: an interrupt, or how long a softirq waited from being raised to running. */
export type SlowClass = InterruptClass | "raise";

/** All of them, in the order of their numbers in slow.bpf.c. See {@link SlowClass}. */
export const SLOW_CLASSES: readonly SlowClass[] = ["device", "vector", "ipi", "nmi", "softirq", "raise"];

/** The task that was current. */
export interface InterruptedTask {
  /** Up to 15 characters, as the task has set it itself. */
  readonly comm: string;
  /** 0 for the idle task of each CPU. */
  readonly pid: number;
  readonly tid: number;
}

/**
 * What the CPU did: `idle`, user or kernel code of the task, or `unknown` where the kernel's stack does not tell. A softirq
 * that runs in the task's own call (when it sends a packet, say), or in ksoftirqd, is over the kernel.
 */
export type InterruptedMode = "user" | "kernel" | "idle" | "unknown";

/** One address of a stack. */
export interface StackFrame {
  readonly address: bigint;
  /** The function; `null` where the kernel hides its addresses, or has none there. */
  readonly symbol: string | null;
  /** `null` in the kernel itself. */
  readonly module: string | null;
  /** Bytes from the function's start. */
  readonly offset: number;
}

/** One run or wait that reached the threshold. */
export interface SlowEvent {
  readonly class: SlowClass;
  /** When it ended, in milliseconds since 1970, with a resolution below a microsecond. */
  readonly unixMs: number;
  /** The same in nanoseconds by the boot clock (CLOCK_BOOTTIME), as other BPF tools print it. */
  readonly bootNs: bigint;
  readonly cpu: number;
  /** Of `device`, and of `ipi` on kernels that have it as a device's handler. */
  readonly irq?: number;
  /** Of `vector`, `softirq` and `raise`. */
  readonly vector?: number;
  /** Of the action, vector, reason of the IPI, or function of the NMI's handler. */
  readonly name: string;
  readonly durationNs: number;
  readonly task: InterruptedTask;
  readonly mode: InterruptedMode;
  /** The task's cgroup (v2), as in /proc/self/cgroup; `null` where it is gone or lies outside of this namespace. */
  readonly cgroup: string | null;
  readonly cgroupId: bigint;
  /** The kernel's, innermost first, if it was asked for. */
  readonly stack?: readonly StackFrame[];
}
