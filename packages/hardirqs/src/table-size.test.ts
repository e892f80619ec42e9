import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { countActions, countIrqs, machineTableSize } from "./table-size.ts";

test("the irqs are the numbers of the intr line after its sum", () => {
  expect(countIrqs("cpu  1 2 3\ncpu0 1 2 3\nintr 700 0 5 0 695 \nctxt 9\n")).toBe(4);
  expect(countIrqs("cpu 1\n")).toBe(0);
});

test("the actions are those of numbered lines, and a shared line has several", () => {
  const interrupts = `            CPU0       CPU1
   9:          0          0  IO-APIC   9-fasteoi   acpi
  16:         10         20  IO-APIC  16-fasteoi   ehci_hcd:usb1, i801_smbus, snd
 130:          5          0  PCI-MSIX-0000:00:1f.6   0-edge      eth0
 NMI:          1          2   Non-maskable interrupts
 LOC:      91234      81234   Local timer interrupts
 ERR:          0
`;
  expect(countActions(interrupts)).toBe(5);
});

test("a table for this machine holds all of its lines, with room for more", () => {
  const { irqs, actions } = machineTableSize();
  expect(irqs).toBeGreaterThanOrEqual(countIrqs(readFileSync("/proc/stat", "utf8")) + 64);
  expect(actions).toBeGreaterThanOrEqual(countActions(readFileSync("/proc/interrupts", "utf8")) + 64);
});
