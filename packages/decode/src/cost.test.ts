import { expect, test } from "bun:test";
import { difference } from "./difference.ts";
import { snapshotOf } from "./snapshot.ts";

const lost = { unmatched: 0, tableFull: 0, recursionMisses: 0 };
const keyOf = (): string => "";
const reading = (elapsedNs: number, runTimeNs: number): Parameters<typeof snapshotOf>[0] => ({
  startUnixMs: 1_000,
  elapsedNs,
  lost,
  cost: { runTimeNs, runCount: runTimeNs / 100 },
});

test("the cost of a snapshot is the reading's, and that of a difference what came in between", () => {
  const [earlier, later] = [snapshotOf(reading(1e9, 400), []), snapshotOf(reading(3e9, 1_000), [])];
  expect(later.cost).toEqual({ runTimeNs: 1_000, runCount: 10 });
  expect(difference(later, earlier, { keyOf, counters: [] }).cost).toEqual({ runTimeNs: 600, runCount: 6 });
});

test("without a measured cost there is none", () => {
  const { cost: _, ...unmeasured } = reading(2e9, 0);
  const later = snapshotOf(unmeasured, []);
  expect(later).toEqual({ start: new Date(1_000), elapsedNs: 2e9, lost, rows: [] });
  expect("cost" in later).toBe(false);
  expect("cost" in difference(later, snapshotOf(reading(1e9, 100), []), { keyOf, counters: [] })).toBe(false);
});
