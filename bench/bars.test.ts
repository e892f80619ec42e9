import { expect, test } from "bun:test";
import { dataPathBars, isMet, runTimeBars, startUpBars, userSpaceBars, wholeBars } from "./bars.ts";
import type { RunTimeCost } from "./run-time-cost.ts";
import { BARE, OWN_CODE } from "./start-up.ts";
import { spreadOf } from "./statistics.ts";
import type { Kind, Subject } from "./subjects.ts";

const subject = (kind: Kind, name: string): Subject => ({ kind, name, command: [], isMixed: false, isOptional: false });
const cost = (kind: Kind, name: string, netOfRounds: readonly number[]): RunTimeCost => ({
  subject: subject(kind, name),
  wholeNs: spreadOf(netOfRounds),
  netNs: spreadOf(netOfRounds),
  netOfRounds,
});

test("a bar is met up to its limit, and beyond by no more than the room", () => {
  const bar = { what: "ns", limit: 100, measured: spreadOf([110]) };
  expect(isMet(bar)).toBe(false);
  expect(isMet(bar, 0.1)).toBe(true);
  expect(isMet(bar, 0.09)).toBe(false);
  expect(isMet({ ...bar, measured: spreadOf([100]) })).toBe(true);
});

test("a bar of at least so much is met from its limit", () => {
  const bar = { what: "records/s", limit: 100, isLeast: true, measured: spreadOf([95]) };
  expect(isMet(bar)).toBe(false);
  expect(isMet(bar, 0.05)).toBe(true);
});

test("what was not measured is not met", () => {
  expect(isMet({ what: "ns", limit: 100, measured: null }, 1)).toBe(false);
});

test("the median decides, not the worst round", () => {
  expect(isMet({ what: "ns", limit: 100, measured: spreadOf([90, 95, 1_000]) })).toBe(true);
});

test("subjects are compared round by round, and only with their own kind", () => {
  const bars = runTimeBars([
    cost("hardirqs", "irqtrace", [100, 200]),
    cost("softirqs", "libbpf-tools, newest", [1, 1]),
    cost("hardirqs", "libbpf-tools, newest", [400, 1_000]),
  ]);
  const compared = bars.find(({ what }) => what === "hardirqs, run time: irqtrace by libbpf-tools, newest");
  expect(compared?.limit).toBe(0.4);
  expect(compared?.measured?.min).toBe(0.2);
  expect(compared?.measured?.max).toBe(0.25);
});

test("a bar whose peer is missing is told as not measured", () => {
  const measured = runTimeBars([cost("hardirqs", "irqtrace", [100])]).map((bar) => bar.measured);
  expect(measured).toHaveLength(5);
  expect(measured.every((one) => one === null)).toBe(true);
});

test("the whole cost has bars of its own", () => {
  const of = (name: string, ns: number): Parameters<typeof wholeBars>[0][number] => ({
    subject: subject("softirqs", name),
    addedNs: spreadOf([ns]),
    addedOfRounds: [ns],
  });
  const bar = wholeBars([of("irqtrace", 80), of("libbpf-tools, newest", 100)]).find(
    ({ measured }) => measured !== null,
  );
  expect(bar?.what).toBe("softirqs, whole cost: irqtrace by libbpf-tools, newest");
  expect(bar?.measured?.median).toBe(0.8);
});

test("own code is what it takes more than a bare script under the same preload", () => {
  const start = (name: string, ms: number): Parameters<typeof startUpBars>[0][number] => ({
    name,
    ms: spreadOf([ms]),
    msOfRounds: [ms],
  });
  const bars = startUpBars([start(BARE, 8), start(OWN_CODE, 30), start("bare Bun script", 6)]);
  expect(bars.map(({ limit }) => limit)).toEqual([1.1, 1.1, 25]);
  expect(bars.map(({ measured }) => measured?.median ?? null)).toEqual([null, null, 22]);
});

test("user space has bars of CPU time at 1 s and 10 ms, and of memory always", () => {
  const at = (everyMs: number): Parameters<typeof userSpaceBars>[0][number] => ({
    kind: "hardirqs",
    everyMs,
    cpuPercent: spreadOf([1]),
    memoryRatio: spreadOf([1.5]),
  });
  const bars = userSpaceBars([at(1_000), at(100), at(10)]);
  expect(bars.map(({ limit }) => limit)).toEqual([0.5, 2, 2, 10, 2]);
});

test("a ring that lost records has no rate", () => {
  const ring = { recordsPerSecond: 2e6, records: 6e6, lost: 0 };
  const rate = (lost: number): number | undefined => dataPathBars([], { ...ring, lost })[1]?.measured?.median;
  expect(rate(0)).toBe(2e6);
  expect(rate(1)).toBeUndefined();
});
