/** Whose time interrupts take, in this kernel: by every kind of victim, and nothing is left out where a table is full. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { traceVictims, VICTIM_KINDS, type VictimKind, type VictimOptions, type VictimRow } from "@irqtrace/interrupts";
import { FLAVOURS } from "@irqtrace/tracer";
import { sendUdp, spawnAt } from "../../kernel/load/loads.ts";
import { bpfInventory, expectNothingLeft } from "./bpf-inventory.ts";
import { readDisk } from "./devices.ts";
import type { Check, Measured } from "./report.ts";

const PACKETS = 2_000;
const READS = 300;
const SPIN_MS = 1_000;
const SYSRQ = "/proc/sysrq-trigger";
const SPIN = ["sh", "-c", "while :; do :; done"];
const COPY = ["dd", "if=/dev/zero", "of=/dev/null", "bs=4M"];

/** Classes that there are in every machine of this architecture. */
const CLASSES = process.arch === "x64" ? ["device", "vector", "nmi", "softirq"] : ["device", "ipi", "softirq"];
/** On newer real-time kernels a softirq's program that is preempted is not entered again. */
const INTERLEAVES = release().includes("-rt-") && !release().startsWith("6.1.");

const sumOf = (rows: readonly VictimRow[], key: "count" | "totalNs"): number =>
  rows.reduce((sum, row) => sum + row[key], 0);

/** Something of each class, and what was counted of it. */
async function trace(options: VictimOptions): Promise<readonly VictimRow[]> {
  const before = bpfInventory();
  let rows: readonly VictimRow[];
  {
    using tracer = traceVictims(options);
    await readDisk("vda", READS);
    await sendUdp(PACKETS);
    if (existsSync(SYSRQ)) writeFileSync(SYSRQ, "l");
    await Bun.sleep(100);
    const snapshot = tracer.snapshot();
    equal(snapshot.lost.tableFull, 0);
    if (!INTERLEAVES) equal(snapshot.lost.recursionMisses ?? 0, 0);
    rows = snapshot.rows;
  }
  await expectNothingLeft(before);
  return rows;
}

function checkClasses(rows: readonly VictimRow[]): string {
  const classes = [...new Set(rows.map((row) => row.class))];
  deepEqual(classes.toSorted(), CLASSES.toSorted());
  const countOf = (name: string): number =>
    sumOf(
      rows.filter((row) => row.class === name),
      "count",
    );
  ok(countOf("device") >= READS / 2, `${countOf("device")} interrupts of devices`);
  ok(countOf("softirq") >= PACKETS / 2, `${countOf("softirq")} softirqs`);
  ok(sumOf(rows, "totalNs") > 0);
  return classes.map((name) => `${name} ${countOf(name)}`).join(", ");
}

async function everyKind(by: VictimKind, flavour: (typeof FLAVOURS)[number]): Promise<string> {
  const rows = await trace({ by, flavour });
  const told = checkClasses(rows);
  ok(
    rows.some(({ irq, name }) => irq !== undefined && name === "virtio0-req.0"),
    "no row of the disk",
  );
  ok(
    rows.every(({ victim, name }) => victim !== "" && name !== ""),
    "a row without a name",
  );
  // Before 5.11 an NMI cannot make a row.
  const kinds = new Set(rows.filter((row) => row.class !== "nmi").map(({ victimKind }) => victimKind));
  ok(
    [...kinds].every((kind) => kind === by || kind === "idle"),
    `kinds of victims: ${[...kinds]}`,
  );
  ok(kinds.has(by), "nobody lost anything");
  if (by === "cgroup")
    ok(
      rows.some(({ victim }) => victim === "/"),
      "the root cgroup is not told by its path",
    );
  return `${rows.length} rows; ${told}`;
}

async function fullTable(by: VictimKind): Promise<string> {
  const rows = await trace({ by, tableEntries: 2 });
  const told = checkClasses(rows);
  const others = rows.filter(({ victimKind }) => victimKind === "others");
  equal(rows.length - others.length, 2);
  equal(new Set(others.map((row) => row.class)).size, others.length);
  return `${told}; of these in no row of their own: ${sumOf(others, "count")}`;
}

/** What a task's interrupts are told to have interrupted, and what the task lost. */
async function victimsBeside(command: readonly string[], by: VictimKind): Promise<readonly VictimRow[]> {
  const load = spawnAt(command, { cpu: 1 });
  try {
    using tracer = traceVictims({ by, cpus: [1] });
    for await (const { rows } of tracer.intervals({ everyMs: SPIN_MS, count: 1 })) {
      equal(load.exitCode, null, "the load has ended by itself");
      return by === "task" ? rows.filter(({ tid }) => tid === load.pid) : rows;
    }
    throw new Error("There was no interval.");
  } finally {
    load.kill();
    await load.exited;
  }
}

async function busyTask(): Promise<Measured> {
  const rows = await victimsBeside(SPIN, "task");
  const lostNs = sumOf(rows, "totalNs");
  ok(sumOf(rows, "count") > 50, `${sumOf(rows, "count")} interrupts of a busy task`);
  ok(lostNs > 0 && lostNs < SPIN_MS * 2e6, `the task lost ${lostNs} ns`);
  return { detail: `${lostNs} ns by ${rows.map(({ name }) => name).join(", ")}`, figures: { rows: rows.length } };
}

async function modes(): Promise<string> {
  const shareOf = async (command: readonly string[], mode: string): Promise<number> => {
    const rows = await victimsBeside(command, "cpu-mode");
    return (
      sumOf(
        rows.filter(({ victim }) => victim === mode),
        "count",
      ) / sumOf(rows, "count")
    );
  };
  const [user, kernel] = [await shareOf(SPIN, "user"), await shareOf(COPY, "kernel")];
  ok(user > 0.6, `a loop in user space is interrupted there in ${user} of all cases`);
  ok(kernel > 0.6, `a copying kernel is interrupted in ${kernel} of all cases`);
  return `user ${user.toFixed(3)} of a loop's interrupts, kernel ${kernel.toFixed(3)} of a copy's`;
}

/** Every kind of victim, in one flavour or the other. */
export const VICTIM_CHECKS: readonly Check[] = [
  ...VICTIM_KINDS.map((by, index): Check => {
    const flavour = FLAVOURS[index % FLAVOURS.length] ?? "raw_tp";
    return { name: `victims by ${by} of every class there is, as ${flavour}`, run: () => everyKind(by, flavour) };
  }),
  { name: "victims that find no row among two are told by class", run: () => fullTable("task") },
  { name: "a busy task loses time to timers", run: busyTask },
  { name: "victims tell user from kernel code", run: modes },
];
