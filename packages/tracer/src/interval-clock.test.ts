import { expect, test } from "bun:test";
import { type Clock, IntervalClock, systemClock } from "./interval-clock.ts";

/** Sleeps as long as asked and then some, without waiting. */
function fakeClock(latenessMs: (sleep: number) => number = () => 0): Clock & { pass(ms: number): void } {
  let nowNs = 0;
  let sleeps = 0;
  return {
    nowNs: () => nowNs,
    sleep: async (delayMs) => {
      nowNs += (delayMs + latenessMs(sleeps++)) * 1e6;
    },
    pass: (ms) => {
      nowNs += ms * 1e6;
    },
  };
}

async function tickTimesMs(clock: Clock, everyMs: number, count: number): Promise<number[]> {
  const intervals = new IntervalClock(everyMs, clock);
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    await intervals.tick(undefined);
    times.push(clock.nowNs() / 1e6);
  }
  return times;
}

test("ticks come at multiples of the interval", async () => {
  expect(await tickTimesMs(fakeClock(), 100, 3)).toEqual([100, 200, 300]);
});

test("lateness does not add up", async () => {
  expect(
    await tickTimesMs(
      fakeClock(() => 7),
      100,
      3,
    ),
  ).toEqual([107, 207, 307]);
});

test("a tick that is more than an interval late swallows those it missed", async () => {
  const lateOnce = fakeClock((sleep) => (sleep === 0 ? 250 : 0));
  expect(await tickTimesMs(lateOnce, 100, 3)).toEqual([350, 400, 500]);
});

test("time that the reader took is part of the interval", async () => {
  const clock = fakeClock();
  const intervals = new IntervalClock(100, clock);
  await intervals.tick(undefined);
  clock.pass(60);
  await intervals.tick(undefined);
  expect(clock.nowNs() / 1e6).toBe(200);
});

test("a timer that fires early is waited for again", async () => {
  expect(
    await tickTimesMs(
      fakeClock((sleep) => (sleep === 0 ? -30 : 0)),
      100,
      1,
    ),
  ).toEqual([100]);
});

test("an abort ends the wait at once, also one that came before it", async () => {
  const abort = new AbortController();
  const intervals = new IntervalClock(60_000, systemClock);
  const started = Bun.nanoseconds();
  setTimeout(() => abort.abort(), 10);
  await intervals.tick(abort.signal);
  await intervals.tick(abort.signal);
  expect(Bun.nanoseconds() - started).toBeLessThan(5e9);
});

test("a sleep that is longer than a timer can be does not end at once", async () => {
  const abort = new AbortController();
  let isOver = false;
  const sleep = systemClock.sleep(2 ** 31, abort.signal).then(() => {
    isOver = true;
  });
  await Bun.sleep(20);
  expect(isOver).toBe(false);
  abort.abort();
  await sleep;
});
