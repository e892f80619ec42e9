import { expect, test } from "bun:test";
import { getEventListeners } from "node:events";
import { sleep } from "./sleep.ts";

/** Milliseconds until it resolves. */
async function lengthOf(wait: Promise<void>): Promise<number> {
  const startMs = performance.now();
  await wait;
  return performance.now() - startMs;
}

test("a sleep lasts as long as it is asked for, and leaves no listener on the signal", async () => {
  const { signal } = new AbortController();
  expect(await lengthOf(sleep(20, signal))).toBeGreaterThan(15);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("an abort ends it, also before it began", async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 20);
  expect(await lengthOf(sleep(60_000, abort.signal))).toBeWithin(15, 10_000);
  expect(await lengthOf(sleep(60_000, abort.signal))).toBeLessThan(10_000);
  expect(getEventListeners(abort.signal, "abort")).toEqual([]);
});

test.each([2 ** 31, Number.MAX_SAFE_INTEGER])("%i ms, longer than a timer takes, do not end at once", async (ms) => {
  expect(await lengthOf(sleep(ms, AbortSignal.timeout(50)))).toBeGreaterThan(40);
});
