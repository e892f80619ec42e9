import { expect, test } from "bun:test";
import { hardirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { isPerCpuKind, layoutSize, type MapLayout, perCpuStride } from "@irqtrace/decode";
import { hardirqObject } from "./definition.ts";
import { tableSizeFor } from "./table-size.ts";

const CPUS = 256;
const IRQS = 1_000;
const MIB = 2 ** 20;

const SIZE = tableSizeFor(
  `intr 0${" 0".repeat(IRQS)}\n`,
  Array.from({ length: IRQS }, (_, irq) => `${irq}: 0 PCI-MSI queue-${irq}\n`).join(""),
);

/** What the kernel sets aside for the maps' keys and values; its own bookkeeping for each entry comes on top. */
function mapBytes(perCpu: boolean): number {
  const { maxEntries = {}, mapKinds = {} } = hardirqObject({ perCpu }, { ...SIZE, percpuActions: 0 });
  const maps: [string, MapLayout][] = Object.entries(layouts.maps);
  return maps.reduce((sum, [name, layout]) => {
    const kind = mapKinds[name] ?? layout.kind;
    const values = layout.value === null ? 0 : perCpuStride(layoutSize(layout.value)) * (isPerCpuKind(kind) ? CPUS : 1);
    const key = kind === "hash" && layout.key !== null ? layoutSize(layout.key) : 0;
    return sum + (maxEntries[name] ?? layout.maxEntries) * (values + key);
  }, 0);
}

test(`by default ${IRQS} irqs on ${CPUS} CPUs take at most 64 MiB of the kernel's memory`, () => {
  console.log(
    `  ${(mapBytes(false) / MIB).toFixed(1)} MiB, with rows per CPU ${(mapBytes(true) / MIB).toFixed(0)} MiB`,
  );
  expect(mapBytes(false) / MIB).toBeLessThan(64);
});

test("a row per CPU takes a histogram for each of them", () => {
  const histograms = SIZE.actions * layoutSize(layouts.maps.histograms.value) * (CPUS - 1);
  expect(mapBytes(true) - mapBytes(false)).toBe(histograms);
});
