import { expect, test } from "bun:test";
import { costLine } from "./format-cost.ts";

const COST = {
  runTimeNs: 4_200_000,
  runCount: 28_000,
  eventCount: 14_000,
  processCpuNs: 11_000_000,
  processMemoryBytes: 61_400_000,
};
const lengthNs = 1e9;

test("the cost is one line: the programs' share and time per event, the process's share and memory", () => {
  expect(costLine({ cost: COST, lengthNs })).toBe(
    "cost: 0.42 % of a CPU in the kernel, 300 ns per event; irqtrace itself 1.10 % and 61 MB\n",
  );
});

test("where the kernel does not tell, the process alone is told of", () => {
  const cost = { ...COST, runTimeNs: null, runCount: null };
  expect(costLine({ cost, lengthNs })).toBe("cost: irqtrace itself 1.10 % of a CPU and 61 MB\n");
});

test("without events there is no time per event", () => {
  const cost = { ...COST, runTimeNs: 0, eventCount: 0 };
  expect(costLine({ cost, lengthNs })).toBe("cost: 0.00 % of a CPU in the kernel; irqtrace itself 1.10 % and 61 MB\n");
});

test("nothing is said unless it was asked for", () => {
  expect(costLine({ cost: undefined, lengthNs })).toBe("");
});
