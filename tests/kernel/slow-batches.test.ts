import { expect, setDefaultTimeout, test } from "bun:test";
import { getEventListeners } from "node:events";
import { type SlowTracer, traceSlow } from "@irqtrace/interrupts";
import { sendUdp, spawnAt, udpCommand } from "./load/loads.ts";

// Loads take their time on a busy machine.
setDefaultTimeout(60_000);

/** Events that programs met since: with a limit of one nearly all of them are counted as suppressed. */
async function metDuringLoad(tracer: SlowTracer): Promise<number> {
  const before = tracer.lost().suppressed;
  await sendUdp(1_000);
  return tracer.lost().suppressed - before;
}

const traceAll = (): SlowTracer => traceSlow({ overNs: 0, classes: ["softirq"], eventLimit: 1 });

/** Keeps the thread, as work on a batch does. */
function work(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs; );
}

test.each([0, 5, 60])(
  "%i ms of work on each batch of a stream that never ends hold up neither an abort nor timers",
  async (workMs) => {
    const load = spawnAt(udpCommand(1_000_000_000));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 20);
    try {
      using tracer = traceSlow({ overNs: 0 });
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 800);
      const startMs = performance.now();
      let events = 0;
      for await (const batch of tracer.batches({ everyMs: 10, signal: abort.signal })) {
        events += batch.events.length;
        work(workMs);
        if (performance.now() - startMs > 10_000) break;
      }
      expect(performance.now() - startMs).toBeLessThan(5_000);
      expect(events).toBeGreaterThan(0);
      // On a machine that others keep busy there are few.
      expect(ticks).toBeGreaterThan(1);
    } finally {
      clearInterval(timer);
      load.kill();
      await load.exited;
    }
  },
);

test("whoever leaves the loop has detached the programs, as nothing could be read any more", async () => {
  using tracer = traceAll();
  expect(await metDuringLoad(tracer)).toBeGreaterThan(100);
  for await (const _ of tracer.batches({ everyMs: 10 })) break;
  expect(await metDuringLoad(tracer)).toBe(0);
});

test("an iterator that is returned detaches, also before it began", async () => {
  using tracer = traceAll();
  const iterator = tracer.batches()[Symbol.asyncIterator]();
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
  expect(await metDuringLoad(tracer)).toBe(0);
  expect((await iterator.next()).done).toBe(true);
});

test("an iterator that is returned while nothing happens settles at once, and so does what it waits for", async () => {
  using tracer = traceSlow({ overNs: 3_600_000_000_000, classes: ["device"] });
  const iterator = tracer.batches({ everyMs: 60_000 })[Symbol.asyncIterator]();
  const next = iterator.next();
  await Bun.sleep(20);
  const startMs = performance.now();
  await iterator.return?.();
  expect((await next).done).toBe(true);
  expect(performance.now() - startMs).toBeLessThan(5_000);
});

test("a signal that lives on keeps no listener of a trace that ended", async () => {
  const { signal } = new AbortController();
  using tracer = traceAll();
  for await (const _ of tracer.batches({ everyMs: 10, signal })) break;
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
