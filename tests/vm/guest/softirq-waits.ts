import { equal, ok } from "node:assert/strict";
import { difference, type TimedSoftirqRow, traceSoftirqs } from "@irqtrace/softirqs";
import { FLAVOURS, type Flavour } from "@irqtrace/tracer";
import { sendUdp } from "../../kernel/load/loads.ts";
import type { Check } from "./report.ts";

const PACKETS = 3_000;
/** ksoftirqd handles several packets in one run. */
const LEAST_RUNS = 1_000;
/** A vector's run on each CPU may be going on where a reading is made. */
const RUNNING = navigator.hardwareConcurrency;

/** What a row says of runs that began, and of those that ended, is the same but for what goes on just then. */
function checkRow(row: TimedSoftirqRow, missed: number): void {
  const { name, count, latency, unmatchedRaise, places } = row;
  if (latency === undefined || unmatchedRaise === undefined || places === undefined)
    throw new Error(`${name}: no waits`);
  const began = latency.count + unmatchedRaise;
  ok(Math.abs(began - count) <= RUNNING + missed, `${name}: ${began} runs began and ${count} ended`);
  equal(latency.histogram.count, latency.count, `${name}: waits in the histogram`);
  const { ksoftirqd, ktimers, interruptExit = 0, bhEnable = 0, inline, unknown } = places;
  equal(inline, undefined, `${name}: the stack tells places apart`);
  equal(ksoftirqd + ktimers + interruptExit + bhEnable + unknown, began, `${name}: places of all that began`);
  equal(unknown, 0, `${name}: runs in unknown places`);
}

async function traceWaits(flavour: Flavour): Promise<string> {
  using tracer = traceSoftirqs({ flavour, latency: true, places: "stack" });
  equal(String(tracer.description.notes), "", "what cannot be told");
  const earlier = tracer.snapshot();
  await sendUdp(PACKETS);
  await Bun.sleep(100);
  const { rows, lost } = difference(tracer.snapshot(), earlier);
  equal(lost.tableFull, 0);
  // Where softirqs interleave, the kernel skips programs, and says how many.
  const missed = (lost.recursionMisses ?? 0) + (lost.unmatched ?? 0);
  for (const row of rows) checkRow(row, missed);
  const netRx = rows.find(({ name }) => name === "net_rx");
  ok((netRx?.latency?.count ?? 0) >= LEAST_RUNS, `${netRx?.latency?.count} runs of net_rx waited`);
  const { p50Ns, count } = netRx?.latency ?? {};
  const unmatched = rows.reduce((sum, row) => sum + (row.unmatchedRaise ?? 0), 0);
  return `${count} of net_rx, median ${p50Ns} ns, at ${JSON.stringify(netRx?.places)}; ${unmatched} of all without a raise, ${missed} missed`;
}

/** Waits and places in every flavour. */
export const WAIT_CHECKS: readonly Check[] = FLAVOURS.map((flavour) => ({
  name: `as many softirqs wait and begin somewhere as run, with ${flavour} programs`,
  run: () => traceWaits(flavour),
}));
