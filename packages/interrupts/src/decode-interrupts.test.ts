import { expect, test } from "bun:test";
import type { Snapshot } from "@irqtrace/decode";
import { interruptDifference } from "./decode-interrupts.ts";
import type { CountedInterruptRow } from "./interrupt-row.ts";

const snapshotOf = (elapsedNs: number, rows: readonly CountedInterruptRow[]): Snapshot<CountedInterruptRow> => ({
  start: new Date(0),
  elapsedNs,
  lost: { tableFull: 0, recursionMisses: 0 },
  rows,
});

const rowsOf = (scale: number): readonly CountedInterruptRow[] => [
  { class: "device", irq: 1, action: 0, name: "disk", slot: 0, count: 2 * scale, unhandled: scale, wakeThread: 0 },
  { class: "device", irq: 1, action: 0, name: "disk", slot: 1, count: 3 * scale, unhandled: 0, wakeThread: 0 },
  { class: "vector", vector: 0xec, name: "local_timer", count: 5 * scale },
  { class: "nmi", handler: "0x1", name: "same", count: 7 * scale },
  { class: "nmi", handler: "0x2", name: "same", count: 11 * scale },
  // Two of a name in two classes.
  { class: "ipi", name: "timer", count: 13 * scale },
  { class: "softirq", vector: 1, name: "timer", count: 17 * scale },
];

test("rows of all classes are subtracted from their own, and have the counters of their class alone", () => {
  const { rows } = interruptDifference(snapshotOf(3e9, rowsOf(3)), snapshotOf(1e9, rowsOf(1).toReversed()));
  expect(rows).toEqual([...rowsOf(2)]);
});
