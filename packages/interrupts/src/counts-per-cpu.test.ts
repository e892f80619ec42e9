import { expect, test } from "bun:test";
import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { codec, LayoutMismatchError, type RawSnapshot } from "@irqtrace/decode";
import { countsPerCpu } from "./counts-per-cpu.ts";

const { value } = layouts.maps.vectors;
const [TIMER, CPUS, VECTORS] = [1, 2, 10] as const;

/** The timer's runs on CPU 0 and on CPU 4, as a tracer without rows per CPU captures them. */
function rawOf(counts: readonly [number, number]): RawSnapshot {
  const bytes = new Uint8Array(VECTORS * CPUS * value.size);
  const cell = codec(value);
  for (const [cpu, count] of counts.entries()) {
    const view = new DataView(bytes.buffer, (TIMER * CPUS + cpu) * value.size, value.size);
    const zero = cell.decode(new DataView(new ArrayBuffer(value.size)));
    const [first, second] = zero.banks;
    if (first === undefined || second === undefined) throw new Error("there are two banks");
    cell.encode({ ...zero, banks: [{ ...first, count }, second] }, view);
  }
  return {
    schema: "irqtrace.softirqs/1",
    measure: "time",
    perCpu: false,
    epoch: 8,
    possibleCpus: [0, 4],
    startUnixMs: 0,
    elapsedNs: 1e9,
    lost: { unmatched: 0, tableFull: 0, recursionMisses: 0 },
    maps: { vectors: { entries: VECTORS, cpus: CPUS, valueStride: value.size, bytes } },
  };
}

test("counts are of each CPU, also where rows are sums", () => {
  expect(countsPerCpu(rawOf([30, 2]))).toMatchObject([
    { class: "softirq", vector: TIMER, name: "timer", cpu: 0, count: 30 },
    { class: "softirq", vector: TIMER, name: "timer", cpu: 4, count: 2 },
  ]);
});

test("counts since an earlier reading are what came after it", () => {
  const earlier = countsPerCpu(rawOf([30, 2]));
  expect(countsPerCpu(rawOf([30, 7]), earlier)).toMatchObject([{ cpu: 4, count: 5 }]);
});

test("what is no snapshot of interrupts is refused", () => {
  expect(() => countsPerCpu({ ...rawOf([1, 1]), possibleCpus: [] })).toThrow(LayoutMismatchError);
});
