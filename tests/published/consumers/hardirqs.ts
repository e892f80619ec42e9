import { difference, type Interval, type TimedHardirqRow, traceHardirqs } from "@irqtrace/hardirqs";
import { decodeHardirqs } from "@irqtrace/hardirqs/decode";

using tracer = traceHardirqs({ perCpu: true });
const before = decodeHardirqs(tracer.capture());
let intervals = 0;
for await (const interval of tracer.intervals({ everyMs: 50, count: 2 })) {
  const { rows }: Interval<TimedHardirqRow> = interval;
  for (const { irq, name, totalNs } of rows) if (totalNs <= 0) throw new Error(`${irq} ${name}`);
  intervals += 1;
}
const all = difference(decodeHardirqs(tracer.capture()), before);
if (intervals !== 2 || all.rows.some((row) => row.cpu === undefined)) throw new Error(JSON.stringify(all.rows));
console.log("hardirqs: well");
