/** Slow events in this kernel: every class that it has, over the right tasks, none lost. */
import { deepEqual, ok } from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { type SlowClass, type SlowEvent, type SlowLost, type SlowOptions, traceSlow } from "@irqtrace/interrupts";
import { ringBufferLock } from "@irqtrace/loader";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { FLAVOURS } from "@irqtrace/tracer";
import { sendUdp, spawnAt } from "../../kernel/load/loads.ts";
import { bpfInventory, expectNothingLeft } from "./bpf-inventory.ts";
import { readDisk } from "./devices.ts";
import type { Check } from "./report.ts";

const PACKETS = 3_000;
const QUIET_MS = 500;
const SPIN_MS = 2_000;
const SYSRQ = "/proc/sysrq-trigger";

interface Outcome {
  readonly events: readonly SlowEvent[];
  readonly lost: SlowLost;
}

async function during(options: SlowOptions, work: () => Promise<unknown>): Promise<Outcome> {
  using tracer = traceSlow(options);
  const abort = new AbortController();
  const worked = work().finally(() => abort.abort());
  const events: SlowEvent[] = [];
  for await (const batch of tracer.batches({ signal: abort.signal })) events.push(...batch.events);
  await worked;
  return { events, lost: tracer.lost() };
}

function classesHere(): readonly SlowClass[] {
  using tracer = traceSlow();
  return tracer.description.classes;
}

/** Backtraces of all other CPUs are asked for by NMIs, where there are any. */
function sendNmis(): void {
  ok(existsSync(SYSRQ), "there is no sysrq");
  writeFileSync(SYSRQ, "l");
}

const numberOf = (events: readonly SlowEvent[], slowClass: SlowClass): number =>
  events.filter((event) => event.class === slowClass).length;

async function everyClass(flavour: (typeof FLAVOURS)[number]): Promise<string> {
  const before = bpfInventory();
  const classes = classesHere();
  const isX86 = process.arch === "x64";
  deepEqual(classes, isX86 ? ["device", "vector", "nmi", "softirq", "raise"] : ["device", "ipi", "softirq", "raise"]);
  const { events, lost } = await during({ flavour, overNs: 0, stack: true, eventLimit: 500 }, async () => {
    await readDisk("vda", 100);
    await sendUdp(PACKETS);
    // The few NMIs come when the buffer has room again and no limit has been reached: slow emulators lag behind the load.
    await Bun.sleep(QUIET_MS);
    if (classes.includes("nmi")) sendNmis();
    await Bun.sleep(100);
  });
  const losses = JSON.stringify(lost);
  for (const slowClass of classes) ok(numberOf(events, slowClass) > 0, `no event of the class ${slowClass}: ${losses}`);
  ok(
    events.some(({ name }) => name === "virtio0-req.0"),
    "no event of the disk",
  );
  ok(
    events.every(({ name }) => name !== ""),
    "an event without a name",
  );
  ok(
    events.every((event) => event.class !== "device" || event.name !== "IPI"),
    "an IPI passes for a device",
  );
  const nameless = events.find(({ stack = [] }) => typeof stack[0]?.symbol !== "string");
  ok(
    nameless === undefined,
    `${nameless?.class} ${nameless?.name}: a stack of ${nameless?.stack?.length} without names`,
  );
  ok(
    events.some(({ cgroup }) => cgroup !== null),
    "no event has a cgroup",
  );
  await expectNothingLeft(before);
  const counts = classes.map((slowClass) => `${slowClass} ${numberOf(events, slowClass)}`).join(", ");
  return `${counts}; suppressed ${lost.suppressed}, no room ${lost.bufferFull}, unmatched ${lost.unmatched}`;
}

/** The share of ticks over a command on a CPU of its own that have this mode. */
async function shareOfMode(command: readonly string[], mode: SlowEvent["mode"]): Promise<number> {
  const classes: readonly SlowClass[] = [process.arch === "x64" ? "vector" : "device"];
  let pid = 0;
  const { events } = await during({ overNs: 0, classes, cpus: [1] }, async () => {
    const load = spawnAt(command, { cpu: 1 });
    pid = load.pid;
    await Bun.sleep(SPIN_MS);
    load.kill();
    await load.exited;
  });
  const ticks = events.filter(({ task, name }) => task.pid === pid && /timer/.test(name));
  ok(ticks.length > 10, `only ${ticks.length} ticks over ${command[0]}: ${JSON.stringify(events[0]?.name)}`);
  return ticks.filter((event) => event.mode === mode).length / ticks.length;
}

async function modes(): Promise<string> {
  const user = await shareOfMode(["sh", "-c", "while :; do :; done"], "user");
  const kernel = await shareOfMode(["dd", "if=/dev/zero", "of=/dev/null", "bs=16M"], "kernel");
  // Late in an emulated machine, interrupts follow upon each other: many come while the kernel leaves the one before.
  ok(user > 0.5, `a loop in user space is interrupted there in ${user} of the cases`);
  ok(kernel > 0.8, `a long system call is interrupted in the kernel in ${kernel} of the cases`);
  return `user ${user.toFixed(2)}, kernel ${kernel.toFixed(2)}`;
}

/** Every softirq is in an event or in a number, with a reading of the ordinary tracer before and after each end. */
async function everythingTold(): Promise<string> {
  using softirqs = traceSoftirqs({ measure: "count" });
  const counted = (): number => softirqs.snapshot().rows.reduce((sum, { count }) => sum + count, 0);
  const before = counted();
  using tracer = traceSlow({ overNs: 0, classes: ["softirq"], eventLimit: 20 });
  const attached = counted();
  const abort = new AbortController();
  let ending = 0;
  const load = sendUdp(PACKETS).finally(() => {
    ending = counted();
    abort.abort();
  });
  let delivered = 0;
  for await (const { events } of tracer.batches({ signal: abort.signal })) delivered += events.length;
  await load;
  const after = counted();
  const { suppressed, bufferFull, unmatched, recursionMisses } = tracer.lost();
  const told = delivered + suppressed + bufferFull;
  const untimed = unmatched + (recursionMisses ?? 0);
  ok(told + untimed >= ending - attached, `${told} told and ${untimed} untimed of ${ending - attached}`);
  ok(told <= after - before, `${told} told of ${after - before}`);
  ok(suppressed > 0 && delivered > 0, `${delivered} delivered, ${suppressed} suppressed`);
  return `${delivered} delivered + ${suppressed} suppressed + ${bufferFull} without room, of ${ending - attached} to ${after - before}`;
}

function refused(): string {
  try {
    using _tracer = traceSlow();
  } catch (error) {
    ok(error instanceof Error && "feature" in error, String(error));
    return error.message;
  }
  throw new Error(`nothing was refused although the ring buffer's lock is ${ringBufferLock()}`);
}

/** On PREEMPT_RT before 6.12, or before the fix of a series. */
export const REFUSAL_CHECKS: readonly Check[] = [
  { name: "slow events are refused where the ring buffer's lock may sleep", run: refused },
];

/** In every kernel of the matrix a ring buffer may be used in an interrupt. */
export const SLOW_CHECKS: readonly Check[] = [
  ...FLAVOURS.map((flavour) => ({
    name: `slow events of every class come, with ${flavour} programs`,
    run: () => everyClass(flavour),
  })),
  { name: "slow events tell user from kernel code by the stack", run: modes },
  { name: "slow events are all told or counted", run: everythingTold },
];
