import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { runIrqtrace } from "./cli-process.ts";
import { DiskFile } from "./load/loads.ts";

test("irqtrace hardirqs --matrix tells of each line on which CPUs it ran, and where it may run", async () => {
  using file = new DiskFile();
  const load = file.read(5_000);
  const { code, stdout } = await runIrqtrace("hardirqs", "1", "1", "--matrix", "--json");
  await load;
  expect(code).toBe(0);
  const rows: readonly { irq: number; cpu: number; affinity: string }[] = JSON.parse(stdout).rows;
  expect(rows.length).toBeGreaterThan(0);
  for (const { irq, cpu, affinity } of rows) {
    expect(affinity).toBe(readFileSync(`/proc/irq/${irq}/smp_affinity_list`, "utf8").trim());
    expect(cpu).toBeWithin(0, navigator.hardwareConcurrency);
  }
});

test("irqtrace hardirqs --matrix puts the CPUs beside each other", async () => {
  const { code, stdout } = await runIrqtrace("hardirqs", "1", "1", "--matrix", "--class", "all");
  expect(code).toBe(0);
  const [header = "", ...lines] = stdout.trimEnd().split("\n");
  expect(header.split(/ {2,}/)).toEqual(expect.arrayContaining(["hardirq", "class", "irq", "affinity"]));
  expect(lines.length).toBeGreaterThan(0);
});
