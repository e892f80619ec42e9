import { softirqs } from "@irqtrace/bpf-objects/layouts";
import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
import { type LoadedObject, libbpf, openObject, possibleCpus } from "@irqtrace/loader";

using object: LoadedObject<typeof softirqs> = openObject(softirqsObject(), softirqs)
  .configure({ programs: { softirq_entry_raw_tp: false, softirq_exit_raw_tp: false, softirq_count_raw_tp: false } })
  .load();
using _attached = object.attach();
await new Promise((resolve) => setTimeout(resolve, 100));
const timer = object.map("vectors").get(1) ?? [];
const counts: readonly number[] = timer.flatMap(({ banks }) => banks.map(({ count }) => count));
if (counts.length !== 2 * possibleCpus().length || counts.every((count) => count === 0)) throw new Error(`${counts}`);
console.log(`loader: well (libbpf ${libbpf().version})`);
