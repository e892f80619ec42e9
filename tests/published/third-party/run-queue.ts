// A tracer that knows nothing of this repository: its own BPF program, loaded and read through the published packages.
import { Histogram } from "@irqtrace/decode";
import { openObject } from "@irqtrace/loader";
import { runQueue } from "./run-queue.layouts.gen.ts";

const DURATION_MS = 500;

using object = openObject(new URL("./run-queue.bpf.o", import.meta.url), runQueue)
  .configure({ rodata: { shortest_ns: 1 } })
  .load();
{
  using _attached = object.attach();
  await new Promise((resolve) => setTimeout(resolve, DURATION_MS));
}

const perCpu = object.map("latency").get(0) ?? [];
const all = perCpu
  .map(({ buckets }) => Histogram.from(buckets))
  .reduce((sum, some) => sum.merge(some), Histogram.empty);
const totalNs = perCpu.reduce((sum, { total_ns }) => sum + total_ns, 0);
const notNoted = object.section("bss").read("not_noted");
const [p50Ns, p99Ns] = [all.quantileNs(0.5), all.quantileNs(0.99)];
console.log(
  JSON.stringify({
    count: all.count,
    totalNs,
    p50Ns,
    p99Ns,
    lowerSumNs: all.lowerSumNs,
    upperSumNs: all.upperSumNs,
    notNoted,
  }),
);
