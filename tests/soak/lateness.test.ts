import { expect, test } from "bun:test";
import { Lateness } from "./lateness.ts";

const EVERY_MS = 100;

/** What intervals of these lengths are, if the thread waited so long for a CPU in each. */
function latenessOf(lengthsMs: readonly number[], waitsMs: readonly number[] = []): Lateness {
  let waitedMs = 7;
  const lateness = new Lateness(EVERY_MS, () => waitedMs * 1e6);
  for (const [index, lengthMs] of lengthsMs.entries()) {
    waitedMs += waitsMs[index] ?? 0;
    lateness.add(lengthMs * 1e6);
  }
  return lateness;
}

test("intervals that end in time are not late, and lateness does not add up", () => {
  expect(latenessOf([100, 100, 100])).toMatchObject({ intervals: 3, missed: 0, worstNs: 0, lateEnds: 0 });
  expect(latenessOf([104, 99, 101])).toMatchObject({ missed: 0, worstNs: 4e6, worstOwnNs: 4e6, lateEnds: 0 });
});

test("an end that comes after the next was due is late, and that one was missed", () => {
  expect(latenessOf([100, 230, 70, 100])).toMatchObject({ intervals: 4, missed: 1, worstNs: 130e6, lateEnds: 1 });
  expect(latenessOf([550, 50])).toMatchObject({ missed: 4, worstNs: 450e6, lateEnds: 1 });
});

test("time that was spent waiting for a CPU is told apart", () => {
  expect(latenessOf([230, 70, 190], [120, 0, 85])).toMatchObject({
    missed: 1,
    worstNs: 130e6,
    worstOwnNs: 10e6,
    lateEnds: 0,
  });
});

test("the kernel tells how long this thread waited", () => {
  const lateness = new Lateness(EVERY_MS);
  lateness.add(150e6);
  expect(lateness.worstOwnNs).toBeWithin(0, 50e6 + 1);
});
