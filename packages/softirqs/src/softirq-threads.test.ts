import { expect, test } from "bun:test";
import { softirqThreadOf, softirqThreads } from "./softirq-threads.ts";

const KSOFTIRQD = "13 (ksoftirqd/0) S 2 0 0 0 -1 69238848 0 0";

test("ksoftirqd and ktimers are known by their name, with their CPU", () => {
  expect(softirqThreadOf(KSOFTIRQD)).toEqual({ name: "ksoftirqd", cpu: 0, id: 13 });
  expect(softirqThreadOf("1099 (ktimers/127) I 2 0 0 0")).toEqual({ name: "ktimers", cpu: 127, id: 1099 });
});

test("another kernel thread, and a program that took the name, are neither", () => {
  for (const stat of [
    "14 (rcu_preempt) I 2 0 0 0",
    "4711 (ksoftirqd/0) S 4000 0 0 0",
    "4712 (x) (ksoftirqd/0) S 2 0 0 0",
    "",
  ])
    expect([stat, softirqThreadOf(stat)]).toEqual([stat, null]);
});

test("a CPU without threads has none", () => {
  expect(softirqThreads([8191])).toEqual([{ ksoftirqd: 0, ktimers: 0 }]);
});
