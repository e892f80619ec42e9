// Prints captures as JSON with their bytes in base64, as somebody would send them to another machine.
import { traceHardirqs } from "@irqtrace/hardirqs";
import { traceSoftirqs } from "@irqtrace/softirqs";

using hardirqs = traceHardirqs();
using softirqs = traceSoftirqs({ perCpu: true });
await new Promise((resolve) => setTimeout(resolve, 200));
const captures = [hardirqs, softirqs].map((tracer) =>
  JSON.stringify(tracer.capture(), (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  ),
);
console.log(JSON.stringify(captures));
