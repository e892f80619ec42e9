import { equal, ok } from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { sendUdp } from "../../kernel/load/loads.ts";
import { compareCounts, type HardirqRow, type SoftirqRow } from "./count-comparison.ts";
import { irqOf, kernelCount, readDisk } from "./devices.ts";
import { hardirqCounts, softirqCounts } from "./kernel-counts.ts";
import type { Check, Measured } from "./report.ts";

const STORM_READS = 4_000;
const STORM_PACKETS = 20_000;
const STORM_CPUS = [0, 1, 2];

async function storm(): Promise<void> {
  await Promise.all([readDisk("vda", STORM_READS), ...STORM_CPUS.map((cpu) => sendUdp(STORM_PACKETS, { cpu }))]);
}

async function softirqStorm(): Promise<Measured> {
  using tracer = traceSoftirqs({ perCpu: true });
  const startedMs = performance.now();
  const measured = await compareCounts<SoftirqRow>({
    tracer,
    counters: softirqCounts,
    sourceOf: (row) => row.name,
    load: storm,
    expected: new Map([["net_rx", (STORM_PACKETS * STORM_CPUS.length) / 4]]),
  });
  return withRate(measured, startedMs, tracer.snapshot().lost.recursionMisses);
}

async function interruptStorm(): Promise<Measured> {
  using tracer = traceHardirqs();
  const startedMs = performance.now();
  const measured = await compareCounts<HardirqRow>({
    tracer,
    counters: hardirqCounts,
    sourceOf: (row) => String(row.irq),
    load: storm,
    expected: new Map([[irqOf("virtio0-req.0"), STORM_READS * 0.9]]),
  });
  return withRate(measured, startedMs, tracer.snapshot().lost.recursionMisses);
}

function withRate({ detail, figures }: Measured, startedMs: number, recursionMisses: number | null): Measured {
  const perSecond = (((figures["exact"] ?? 0) * 1000) / (performance.now() - startedMs)).toFixed(0);
  return { detail: `${detail}; ${perSecond} a second, recursion misses ${recursionMisses}`, figures };
}

/** With room for one action, the others' events are counted as lost, and the one's are right. */
async function smallTable(): Promise<Measured> {
  using tracer = traceHardirqs({ tableEntries: 1 });
  const irq = irqOf("virtio0-req.0");
  const other = irqOf("virtio1-req.0");
  const [before, otherBefore] = [kernelCount(irq), kernelCount(other)];
  await readDisk("vda", 300);
  await readDisk("vdb", 200);
  await readDisk("vda", 100);
  const { rows, lost } = tracer.snapshot();
  const [counted, otherCounted] = [kernelCount(irq) - before, kernelCount(other) - otherBefore];
  equal(rows.length, 1);
  equal(rows[0]?.name, "virtio0-req.0");
  equal(rows[0]?.count, counted);
  // The console's port may interrupt as well.
  ok(lost.tableFull >= otherCounted && lost.tableFull <= otherCounted + 5, `${lost.tableFull} of ${otherCounted}`);
  return {
    detail: `${counted} in the row, ${lost.tableFull} beyond the table, of ${otherCounted}`,
    figures: { events: counted + lost.tableFull },
  };
}

const DAY_S = 86_400;

/** The wall clock is set forward and back by a day while intervals are measured. */
async function clockSteps(): Promise<string> {
  using tracer = traceSoftirqs();
  const startedMs = performance.now();
  const lengths: number[] = [];
  const starts: number[] = [];
  for await (const interval of tracer.intervals({ everyMs: 200, count: 10 })) {
    lengths.push(interval.intervalNs / 1e6);
    starts.push(interval.start.getTime());
    if (lengths.length === 3) setClock(DAY_S);
    if (lengths.length === 6) setClock(-DAY_S);
  }
  const elapsedMs = performance.now() - startedMs;
  const totalMs = lengths.reduce((sum, length) => sum + length, 0);
  const steps = starts.slice(1).filter((start, index) => Math.abs(start - (starts[index] ?? 0)) > (DAY_S * 1000) / 2);
  equal(steps.length, 2, `the clock was not set during the trace: ${starts}`);
  ok(Math.min(...lengths) > 0 && Math.max(...lengths) < 5_000, `intervals of ${lengths.join(", ")} ms`);
  ok(totalMs > 1_900 && totalMs <= elapsedMs, `${totalMs} ms of intervals in ${elapsedMs} ms`);
  return `10 intervals, ${Math.min(...lengths).toFixed(0)} to ${Math.max(...lengths).toFixed(0)} ms`;
}

function setClock(bySeconds: number): void {
  const seconds = Math.round(Date.now() / 1000) + bySeconds;
  equal(Bun.spawnSync(["date", "-s", `@${seconds}`]).exitCode, 0, "date's exit code");
}

const MEMORY_LIMIT_MB = 160;
const STOPPED_MS = 10_000;
const PRESSED_PACKETS = 5_000;
const GROUP = "/sys/fs/cgroup/pressed";
const REPORTS = "/tmp/reports";

/** Whoever reads the reports stands still for ten seconds, and the tracer must live in little memory. */
async function stoppedReader(): Promise<Measured> {
  writeFileSync("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
  mkdirSync(GROUP);
  writeFileSync(`${GROUP}/memory.max`, `${MEMORY_LIMIT_MB}M`);
  const script = `echo $$ > ${GROUP}/cgroup.procs; apps/cli/bin/irqtrace softirqs 0.05 --json --dist | { echo $$ > /sys/fs/cgroup/cgroup.procs; exec cat > ${REPORTS}; }`;
  const shell = Bun.spawn(["sh", "-c", script], { stdin: "ignore", stdout: "inherit", stderr: "inherit" });
  try {
    const { counted, early, late } = await pressedRun(shell);
    const traced = totalOf(readFileSync(REPORTS, "utf8"), "net_rx");
    // A few packets of the system itself may have come before and after.
    ok(traced >= counted && traced <= counted + 20, `${traced} traced of ${counted}`);
    ok(late - early < 30, `${early} MB, then ${late} MB`);
    return {
      detail: `${traced} net_rx traced of ${counted}; ${early.toFixed(0)} MB, ${late.toFixed(0)} MB after ${STOPPED_MS / 1000} s`,
      figures: { events: traced },
    };
  } finally {
    // Whatever is left of them would keep the guest up.
    for (const pid of readFileSync(`${GROUP}/cgroup.procs`, "utf8").trim().split("\n")) {
      if (pid !== "") process.kill(Number(pid), "SIGKILL");
    }
    shell.kill();
  }
}

async function pressedRun(shell: Bun.Subprocess): Promise<{ counted: number; early: number; late: number }> {
  const netRx = (): number =>
    softirqCounts()
      .get("net_rx")
      ?.reduce((sum, count) => sum + count, 0) ?? 0;
  await until(() => (statSync(REPORTS, { throwIfNoEntry: false })?.size ?? 0) > 0);
  const tracer = processNamed((command) => command.includes("main.ts"));
  const reader = processNamed((command) => command === "cat\0");
  const before = netRx();
  process.kill(reader, "SIGSTOP");
  const stoppedAtMs = performance.now();
  await sendUdp(PRESSED_PACKETS);
  const early = residentMb(tracer);
  await Bun.sleep(Math.max(0, STOPPED_MS - (performance.now() - stoppedAtMs)));
  await sendUdp(PRESSED_PACKETS);
  const late = residentMb(tracer);
  process.kill(reader, "SIGCONT");
  const counted = netRx() - before;
  await Bun.sleep(500);
  process.kill(tracer, "SIGINT");
  equal(await shell.exited, 0, "the exit code");
  return { counted, early, late };
}

interface Report {
  readonly rows: readonly { readonly name: string; readonly count: number }[];
}

function totalOf(reports: string, name: string): number {
  return reports
    .trimEnd()
    .split("\n")
    .flatMap((line) => (JSON.parse(line) as Report).rows)
    .filter((row) => row.name === name)
    .reduce((sum, row) => sum + row.count, 0);
}

function processNamed(matches: (command: string) => boolean): number {
  for (const pid of new Bun.Glob("[0-9]*").scanSync({ cwd: "/proc", onlyFiles: false })) {
    if (matches(commandOf(pid))) return Number(pid);
  }
  throw new Error("The process is not there.");
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch (error) {
    // It ended between the listing and the reading.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return "";
    throw error;
  }
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 60_000; !condition(); await Bun.sleep(20))
    if (performance.now() > deadline) throw new Error("What was waited for did not come.");
}

/** Too much of something. */
export const PRESSURE_CHECKS: readonly Check[] = [
  { name: "a storm of softirqs is counted whole", run: softirqStorm },
  { name: "a storm of interrupts is counted whole", run: interruptStorm },
  { name: "more actions than the table has rows cost their own events, which are counted", run: smallTable },
  { name: "steps of the wall clock do not disturb the length of intervals", run: clockSteps },
  { name: "a reader that stands still and little memory cost no counts", run: stoppedReader },
];
