/** Without MSI: devices whose drivers share a line, and lines whose actions have the same name. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { FLAVOURS } from "@irqtrace/tracer";
import { compareCounts, type HardirqRow } from "./count-comparison.ts";
import { actionsOn, diskOf, irqOf, irqsOf, kernelCount, readDisk } from "./devices.ts";
import { hardirqCounts } from "./kernel-counts.ts";
import { type Check, type Measured, reportChecks } from "./report.ts";

const FIRST_READS = 400;
const SECOND_READS = 150;
const OTHERS_READS = [300, 100] as const;

async function sharedLine(options: {
  readonly measure?: "count";
  readonly flavour: (typeof FLAVOURS)[number];
}): Promise<Measured> {
  const irq = irqOf("virtio0");
  const actions = actionsOn(irq);
  deepEqual([...actions].sort(), ["virtio0", "virtio1", "virtio2"]);
  using tracer = traceHardirqs(options);
  const before = kernelCount(irq);
  await readDisk(diskOf("virtio0"), FIRST_READS);
  await readDisk(diskOf("virtio1"), SECOND_READS);
  const rows = tracer.snapshot().rows.filter((row) => String(row.irq) === irq);
  const counted = kernelCount(irq) - before;
  const found = rows.toSorted((one, other) => one.action - other.action);
  deepEqual(
    found.map(({ action, name }) => [action, name]),
    actions.map((name, action) => [action, name]),
  );
  const handled = new Map(rows.map(({ name, count, unhandled }) => [name, count - unhandled]));
  for (const { name, count } of rows) equal(count, counted, `runs of ${name}`);
  equal(handled.get("virtio0"), FIRST_READS);
  equal(handled.get("virtio1"), SECOND_READS);
  equal(handled.get("virtio2"), 0);
  return {
    detail: `irq ${irq}: ${counted} each; handled: ${[...handled].map((pair) => pair.join(" ")).join(", ")}`,
    figures: { events: counted * rows.length },
  };
}

async function sameName(): Promise<Measured> {
  const [first, second, ...others] = irqsOf("ata_piix");
  ok(first !== undefined && second !== undefined && others.length === 0, "ata_piix has two irqs");
  using tracer = traceHardirqs();
  const measured = await compareCounts<HardirqRow>({
    tracer,
    counters: hardirqCounts,
    sourceOf: (row) => String(row.irq),
    load: async () => {
      await readDisk("sda", OTHERS_READS[0]);
      await readDisk("sdb", OTHERS_READS[1]);
    },
    expected: new Map([
      [first, OTHERS_READS[1]],
      [second, OTHERS_READS[1]],
    ]),
  });
  const names = tracer
    .snapshot()
    .rows.filter((row) => [first, second].includes(String(row.irq)))
    .map((row) => row.name);
  deepEqual(names, ["ata_piix", "ata_piix"]);
  return measured;
}

const checks: readonly Check[] = [
  ...FLAVOURS.flatMap((flavour) => [
    {
      name: `each action of a shared line has its row, its count and what it did not handle, timed by ${flavour} programs`,
      run: () => sharedLine({ flavour }),
    },
    {
      name: `each action of a shared line has its row, its count and what it did not handle, counted by ${flavour} programs`,
      run: () => sharedLine({ flavour, measure: "count" }),
    },
  ]),
  { name: "two lines whose actions have the same name are two rows", run: sameName },
];
await reportChecks(checks);
