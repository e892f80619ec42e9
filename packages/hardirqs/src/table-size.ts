import { readFileSync } from "node:fs";

/**
 * How many irqs and actions the tables must hold.
 *
 * @example
 * ```ts
 * import type { TableSize } from "@irqtrace/hardirqs";
 *
 * const rows = ({ actions, percpuActions }: TableSize): number => actions + percpuActions;
 * console.log(rows({ irqs: 425, actions: 96, percpuActions: 0 })); // 96
 * ```
 */
export interface TableSize {
  readonly irqs: number;
  readonly actions: number;
  /** Beside `actions`: those that every CPU runs at once. */
  readonly percpuActions: number;
}

/** Lines that drivers may ask for while the trace runs. */
const IRQ_HEADROOM = 64;
const ACTION_HEADROOM = 64;
/** Only arm64 has more than a handful of them: its timer, its performance counters, its IPIs. */
const PERCPU_ACTIONS = process.arch === "arm64" ? 32 : 0;

/**
 * What this machine needs: the numbers of /proc/stat's `intr` line, the actions of /proc/interrupts, and headroom.
 *
 * @example
 * ```ts
 * // kernel
 * import { machineTableSize } from "@irqtrace/hardirqs";
 *
 * console.log(machineTableSize().irqs > 64); // true
 * ```
 */
export function machineTableSize(): TableSize {
  return tableSizeFor(readFileSync("/proc/stat", "utf8"), readFileSync("/proc/interrupts", "utf8"));
}

/** The same of what these files say. */
export function tableSizeFor(stat: string, interrupts: string): TableSize {
  return {
    irqs: countIrqs(stat) + IRQ_HEADROOM,
    actions: Math.ceil(countActions(interrupts) * 1.5) + ACTION_HEADROOM,
    percpuActions: PERCPU_ACTIONS,
  };
}

/** The `intr` line holds the sum of all interrupts and then one number per irq. */
export function countIrqs(stat: string): number {
  const line = stat.split("\n").find((text) => text.startsWith("intr "));
  return line === undefined ? 0 : line.trimEnd().split(" ").length - 2;
}

/** Lines that start with a number are devices; the actions of a shared one are separated by ", ". */
export function countActions(interrupts: string): number {
  const devices = interrupts.split("\n").filter((line) => /^\s*\d+:/.test(line));
  return devices.reduce((sum, line) => sum + line.split(", ").length, 0);
}
