// Runs in Bun and in Node.
import { BUCKET_COUNT, bucketIndex, codec, Histogram, type Value } from "@irqtrace/decode";

const layout = {
  kind: "struct",
  name: "sample",
  size: 16,
  fields: [
    { name: "count", offset: 0, type: "u53" },
    { name: "total_ns", offset: 8, type: "u64" },
  ],
} as const;

const sample: Value<typeof layout> = { count: 3, total_ns: 900n };
const view = new DataView(new ArrayBuffer(layout.size));
codec(layout).encode(sample, view);
const total: bigint = codec(layout).decode(view).total_ns;
const median: number = Histogram.fromSamples([100, 200, 300]).quantileNs(0.5);
if (total !== 900n || bucketIndex(median) >= BUCKET_COUNT) throw new Error(`${total} ${median}`);
console.log("decode: well");
