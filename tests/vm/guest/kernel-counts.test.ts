import { expect, test } from "bun:test";
import { parseCounts } from "./kernel-counts.ts";

const INTERRUPTS = `           CPU0       CPU1
  4:          0         26   IO-APIC   4-edge      ttyS0
 10:          7          1   IO-APIC  10-fasteoi   virtio0, virtio1
LOC:        434        342   Local timer interrupts
ERR:          0
`;

test("lines with the wanted labels give one count per CPU and other lines give none", () => {
  expect([...parseCounts(INTERRUPTS, /^\d+$/)]).toEqual([
    ["4", [0, 26]],
    ["10", [7, 1]],
  ]);
});

test("labels of softirqs are spelled as the tracer spells them", () => {
  expect([...parseCounts("      CPU0\n      HI:    3\n  NET_RX:   12\n", /^[A-Z_]+$/)]).toEqual([
    ["hi", [3]],
    ["net_rx", [12]],
  ]);
});

test("a CPU that is offline has no column and counts nothing", () => {
  expect([...parseCounts("     CPU0   CPU2\n 5:   1   2  MSI  disk\n", /^\d+$/)]).toEqual([["5", [1, 0, 2]]]);
});
