import { equal, ok } from "node:assert/strict";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { FLAVOURS, type Tracer, type TracerOptions } from "@irqtrace/tracer";
import { BackgroundLoad } from "./background-load.ts";
import { bpfInventory, expectNothingLeft } from "./bpf-inventory.ts";
import type { Check, Measured } from "./report.ts";

const CYCLES = 104;
const KILLS = 4;
/** Long enough for the loads to be seen, in an emulated machine whose CPUs are shared. */
const TRACED_MS = 10;
const IRQTRACE = "apps/cli/bin/irqtrace";

const MEASURES = ["time", "count"] as const;
const TRACERS: readonly ((options: TracerOptions) => Tracer<{ readonly count: number }>)[] = [
  (options) => traceHardirqs(options),
  (options) => traceSoftirqs(options),
];

/** Every kind, flavour and measure in turn. */
const VARIANTS = TRACERS.flatMap((open) =>
  FLAVOURS.flatMap((flavour) => MEASURES.map((measure) => () => open({ flavour, measure }))),
);

async function attachAndDetach(): Promise<Measured> {
  const before = bpfInventory();
  await using load = new BackgroundLoad();
  let events = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    using tracer = VARIANTS[cycle % VARIANTS.length]?.();
    ok(tracer);
    await Bun.sleep(TRACED_MS);
    const { rows, lost } = tracer.snapshot();
    equal(lost.tableFull, 0);
    for (const row of rows) events += row.count;
  }
  load.check();
  ok(events > CYCLES, `only ${events} events in ${CYCLES} cycles`);
  await expectNothingLeft(before);
  return { detail: `${CYCLES} cycles, ${events} events`, figures: { cycles: CYCLES } };
}

async function killTracers(): Promise<Measured> {
  const before = bpfInventory();
  await using load = new BackgroundLoad();
  for (let kill = 0; kill < KILLS; kill++) {
    const child = Bun.spawn([IRQTRACE, kill % 2 === 0 ? "hardirqs" : "softirqs", "0.1", "--json"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    // The first report says that it is attached; then at any moment of its work.
    const reader = child.stdout.getReader();
    ok((await reader.read()).value, "irqtrace reported nothing");
    ok(bpfInventory().length > before.length, "nothing is attached while irqtrace runs");
    await Bun.sleep((kill * 37) % 110);
    child.kill("SIGKILL");
    await child.exited;
    equal(child.signalCode, "SIGKILL");
  }
  load.check();
  await expectNothingLeft(before);
  return { detail: `${KILLS} times`, figures: { kills: KILLS } };
}

/** Attaching and detaching, orderly and not, while interrupts come. */
export const CYCLE_CHECKS: readonly Check[] = [
  { name: "tracers attach and detach under load, again and again, and leave nothing behind", run: attachAndDetach },
  { name: "nothing stays attached when irqtrace is killed under load", run: killTracers },
];
