/**
 * Handlers that no device of an emulated machine has, as made-up events: names of any length, one handler inside another, exits without
 * an entry, actions that are freed and come again at the same address.
 */
import { runBunTests } from "./bun-tests.ts";
import { type Check, reportChecks } from "./report.ts";

const EXCLUDED = [
  // They begin longer ago than this machine was started.
  "every duration counts",
  "a maximum is that",
  "a duration counts in ns",
  // They take minutes where one thread emulates all CPUs.
  "two CPUs",
  "says so by its mark",
  // It waits for a row for as long as a tracer does, which is too short here.
  "is read until it is whole",
];

const checks: readonly Check[] = ["hardirqs", "softirqs", "system", "exclusive", "latency"].map((kind) => ({
  name: `the programs of ${kind} take made-up events as they should`,
  run: () => runBunTests([`tests/kernel/driven-${kind}.test.ts`], EXCLUDED),
}));
await reportChecks(checks);
