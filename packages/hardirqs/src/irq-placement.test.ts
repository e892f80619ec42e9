import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { readIrqPlacement } from "./irq-placement.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/irqtrace-placement-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function line(irq: number, files: Readonly<Record<string, string>>): void {
  mkdirSync(`${folder}/${irq}`);
  for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${irq}/${name}`, text);
}

test("a line has the CPUs that are allowed and those that were chosen, and its device's node", () => {
  line(36, { smp_affinity_list: "0-3,8\n", effective_affinity_list: "3\n", node: "1\n" });
  expect(readIrqPlacement(36, folder)).toEqual({ affinity: "0-3,8", effectiveAffinity: "3", node: 1 });
});

test("what the kernel does not say is null", () => {
  line(4, { smp_affinity_list: "0-1\n", effective_affinity_list: "\n", node: "-1\n" });
  line(5, { smp_affinity_list: "0-1\n" });
  for (const irq of [4, 5])
    expect(readIrqPlacement(irq, folder)).toEqual({ affinity: "0-1", effectiveAffinity: null, node: null });
});

test("a line that is gone has no place", () => {
  expect(readIrqPlacement(6, folder)).toBeNull();
});
