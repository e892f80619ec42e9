/** What interrupted: a key of {@link INTERRUPT_CLASSES}. */
export type InterruptClass = "device" | "vector" | "ipi" | "nmi" | "softirq";

/** What is told of a class. */
export interface InterruptClassDescription {
  readonly name: InterruptClass;
  /** One line. */
  readonly description: string;
  /** The architectures whose kernels have it, as `process.arch` names them. */
  readonly architectures: readonly ("x64" | "arm64")[];
}

/** All classes, from what asks a CPU from outside to what it asks of itself. See {@link InterruptClass}. */
export const INTERRUPT_CLASSES: readonly InterruptClassDescription[] = [
  { name: "device", description: "handlers of device interrupts", architectures: ["x64", "arm64"] },
  { name: "vector", description: "system vectors: timer, reschedule, function calls, errors", architectures: ["x64"] },
  { name: "ipi", description: "interrupts from one CPU to another", architectures: ["arm64"] },
  { name: "nmi", description: "handlers of non-maskable interrupts", architectures: ["x64"] },
  {
    name: "softirq",
    description: "what handlers put off: timers, network, block, RCU",
    architectures: ["x64", "arm64"],
  },
];
