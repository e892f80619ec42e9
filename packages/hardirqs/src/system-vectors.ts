/**
 * A system vector of x86: interrupts that belong to no device and have a number of their own.
 *
 * @example
 * ```ts
 * import { SYSTEM_VECTORS } from "@irqtrace/hardirqs";
 *
 * console.log(SYSTEM_VECTORS.find(({ label }) => label === "LOC")?.name); // local_timer
 * ```
 */
export interface SystemVector {
  /** Its number; 255 for all spurious ones. Source: arch/x86/include/asm/irq_vectors.h. */
  readonly vector: number;
  /** What its tracepoints are named after: `local_timer_entry`. */
  readonly name: string;
  /** The line of /proc/interrupts that counts it; that of function calls counts two. */
  readonly label: string;
  /** One line. */
  readonly description: string;
}

/** All that have tracepoints, in the order of the slots in system.bpf.c. See {@link SystemVector}. */
export const SYSTEM_VECTORS: readonly SystemVector[] = [
  { vector: 0xec, name: "local_timer", label: "LOC", description: "the CPU's own timer" },
  { vector: 0xfd, name: "reschedule", label: "RES", description: "another CPU woke a task here" },
  { vector: 0xfc, name: "call_function", label: "CAL", description: "a function to run, sent to several CPUs" },
  { vector: 0xfb, name: "call_function_single", label: "CAL", description: "a function to run, sent to this CPU" },
  { vector: 0xf6, name: "irq_work", label: "IWI", description: "work put off from NMIs and the like" },
  { vector: 0xfa, name: "thermal_apic", label: "TRM", description: "the CPU is too hot, or no longer" },
  { vector: 0xf9, name: "threshold_apic", label: "THR", description: "many corrected machine checks" },
  { vector: 0xf4, name: "deferred_error_apic", label: "DFR", description: "a deferred machine check" },
  { vector: 0xfe, name: "error_apic", label: "ERR", description: "an error of the local APIC" },
  { vector: 0xf7, name: "x86_platform_ipi", label: "PLT", description: "what the platform uses it for" },
  { vector: 0xff, name: "spurious_apic", label: "SPU", description: "interrupts that nobody asked for" },
];
