import { hardirqsObject } from "@irqtrace/bpf-objects/hardirqs";
import { hardirqs, softirqs } from "@irqtrace/bpf-objects/layouts";
import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";

const ELF_MAGIC = "7f454c46";
for (const object of [hardirqsObject, softirqsObject]) {
  const bytes: Uint8Array = object();
  const magic = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  if (magic !== ELF_MAGIC) throw new Error(`It begins with ${magic}.`);
}
const vectors: 10 = softirqs.maps.vectors.maxEntries;
console.log(`bpf-objects: well (${hardirqs.name}, ${vectors} vectors)`);
