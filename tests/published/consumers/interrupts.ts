import { INTERRUPT_CLASSES, type InterruptClass, type SlowEvent, traceSlow } from "@irqtrace/interrupts";

const names: readonly InterruptClass[] = INTERRUPT_CLASSES.map(({ name }) => name);
if (!names.includes("device") || !names.includes("softirq")) throw new Error(JSON.stringify(names));

const events: SlowEvent[] = [];
const tracer = traceSlow({ overNs: 0, classes: ["softirq"], stack: true });
try {
  for await (const batch of tracer.batches({ signal: AbortSignal.timeout(200) })) events.push(...batch.events);
} finally {
  tracer[Symbol.dispose]();
}
if (events.length === 0 || events.some(({ name }) => name === "")) throw new Error(`${events.length} events`);
console.log("interrupts: well");
