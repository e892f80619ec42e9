import { expect, test } from "bun:test";
import { getEventListeners } from "node:events";
import { measureCoverage } from "@irqtrace/interrupts";
import { traceSoftirqs } from "@irqtrace/softirqs";

test("a signal that lives on keeps no listener of what ended without it", async () => {
  const { signal } = new AbortController();
  const { lines } = await measureCoverage({ durationMs: 10, signal });
  expect(lines.length).toBeGreaterThan(0);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  using tracer = traceSoftirqs({ measure: "count" });
  for await (const _ of tracer.intervals({ everyMs: 10, count: 1, signal }));
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
