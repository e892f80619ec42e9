import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { readClock, tickNs } from "./system-clock.ts";

const milliseconds = (ns: bigint): number => Number(ns / 1_000n) / 1_000;

test("the clocks are those that they are called", () => {
  const [uptime = ""] = readFileSync("/proc/uptime", "utf8").split(" ");
  expect(milliseconds(readClock("boot")) - Number(uptime) * 1_000).toBeWithin(-1, 5_000);
  expect(milliseconds(readClock("realtime")) - Date.now()).toBeWithin(-1, 5_000);
  expect(readClock("monotonic")).toBeLessThanOrEqual(readClock("boot"));
});

test("no other is read instead of one that is not there", () => {
  for (const clock of ["bogus", "toString", "", undefined]) {
    expect(() => readClock(clock as "boot")).toThrow(TypeError);
  }
  expect(() => readClock("bogus" as "boot")).toThrow(
    'Cannot read the clock "bogus": give "realtime", "monotonic" or "boot".',
  );
});

test("they go on by as much as time passes", async () => {
  const before = readClock("monotonic");
  await Bun.sleep(20);
  expect(milliseconds(readClock("monotonic") - before)).toBeWithin(15, 5_000);
});

test("a tick is one of those that kernels are built with", () => {
  expect([100, 250, 300, 1_000].map((hz) => Math.round(1e9 / hz / 1e3))).toContain(Math.round(tickNs() / 1e3));
});
