/**
 * A softirq vector: what the kernel calls it and what it does.
 *
 * @example
 * ```ts
 * import { VECTORS } from "@irqtrace/softirqs";
 *
 * console.log(VECTORS[3]?.name); // net_rx
 * ```
 */
export interface SoftirqVector {
  readonly vector: number;
  /** The kernel's name in lower case, as `softirq_to_name` has it. */
  readonly name: string;
  /** One line. */
  readonly description: string;
}

/** All vectors, by number (the enum of include/linux/interrupt.h). See {@link SoftirqVector}. */
export const VECTORS: readonly SoftirqVector[] = [
  { vector: 0, name: "hi", description: "high-priority tasklets" },
  { vector: 1, name: "timer", description: "expired timers of the timer wheel" },
  { vector: 2, name: "net_tx", description: "network transmit: freed packets and queued devices" },
  { vector: 3, name: "net_rx", description: "network receive: NAPI polling and protocol handling" },
  { vector: 4, name: "block", description: "completed block requests" },
  { vector: 5, name: "irq_poll", description: "polled completions of block devices" },
  { vector: 6, name: "tasklet", description: "tasklets and work queues that run in softirq context" },
  { vector: 7, name: "sched", description: "load balancing between CPUs" },
  { vector: 8, name: "hrtimer", description: "high-resolution timers that expire in softirq context" },
  { vector: 9, name: "rcu", description: "RCU callbacks and grace periods" },
];
