import { INTERRUPT_CLASSES, type InterruptClass } from "@irqtrace/interrupts";

const names: readonly InterruptClass[] = INTERRUPT_CLASSES.map(({ name }) => name);
if (!names.includes("device") || !names.includes("softirq")) throw new Error(JSON.stringify(names));
console.log("interrupts: well");
