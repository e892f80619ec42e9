import { type CountedSoftirqRow, type Snapshot, traceSoftirqs, VECTORS } from "@irqtrace/softirqs";

using tracer = traceSoftirqs({ measure: "count" });
await new Promise((resolve) => setTimeout(resolve, 100));
const { rows }: Snapshot<CountedSoftirqRow> = tracer.snapshot();
const names = new Set(VECTORS.map(({ name }) => name));
if (rows.length === 0 || rows.some(({ name }) => !names.has(name))) throw new Error(JSON.stringify(rows));
console.log("softirqs: well");
