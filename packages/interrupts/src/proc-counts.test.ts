import { expect, test } from "bun:test";
import { parseProcCounts } from "./proc-counts.ts";

test("lines are summed over the CPUs, and keep what is behind the numbers", () => {
  const text = `            CPU0       CPU2
  4:          0         26   IO-APIC   4-edge      ttyS0
LOC:    5498997    5429071   Local timer interrupts
ERR:          3
`;
  expect(parseProcCounts(text)).toEqual([
    { label: "4", count: 26, rest: "IO-APIC 4-edge ttyS0" },
    { label: "LOC", count: 10_928_068, rest: "Local timer interrupts" },
    { label: "ERR", count: 3, rest: "" },
  ]);
});

test("of softirqs too, which have nothing behind", () => {
  expect(parseProcCounts("      CPU0  CPU1\n  NET_RX:  12  1\n")).toEqual([{ label: "NET_RX", count: 13, rest: "" }]);
});
