/** PREEMPT_RT: handlers run in threads, and what interrupts is a stub that wakes them. */
import { equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { countsPerCpu, findings, machineFacts } from "@irqtrace/interrupts";
import { irqOf, kernelCount, readDisk } from "./devices.ts";
import { type Measured, reportChecks } from "./report.ts";

const READS = 500;
const ACTION = "virtio0-req.0";

/** Time that the thread irq/N-name has had, in ticks. */
function threadTicks(irq: string): number {
  for (const pid of new Bun.Glob("[0-9]*").scanSync({ cwd: "/proc", onlyFiles: false })) {
    const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/.exec(readFileSync(`/proc/${pid}/stat`, "utf8").trim()) ?? [];
    const fields = rest.split(" ");
    if (name.startsWith(`irq/${irq}-`)) return Number(fields[11]) + Number(fields[12]);
  }
  throw new Error(`There is no thread of irq ${irq}.`);
}

async function stubs(): Promise<Measured> {
  const irq = irqOf(ACTION);
  using tracer = traceHardirqs();
  const [before, ticksBefore] = [kernelCount(irq), threadTicks(irq)];
  await readDisk("vda", READS);
  const row = tracer.snapshot().rows.find(({ name }) => name === ACTION);
  const counted = kernelCount(irq) - before;
  ok(row !== undefined && counted >= READS, `${counted} interrupts`);
  equal(row.count, counted);
  equal(row.wakeThread, counted, "runs that woke the thread");
  equal(row.unhandled, 0);
  ok(row.totalNs > 0 && row.histogram.count === counted, "the stub's time");
  const cpuRows = countsPerCpu(tracer.capture()).filter(({ name }) => name === ACTION);
  const found = findings({ rows: [], cpuRows, machine: machineFacts() });
  equal(found.map(({ rule }) => rule).join(" "), "threaded", "findings");
  const [{ sentence } = { sentence: "" }] = found;
  ok(sentence.includes(`thread irq/${irq}-${ACTION} (100 %`), sentence);
  return {
    detail: `${counted} runs, all of which woke the thread; stub ${(row.totalNs / 1e6).toFixed(1)} ms, thread ${threadTicks(irq) - ticksBefore} ticks`,
    figures: { events: counted },
  };
}

await reportChecks([{ name: "the stub is counted and timed, and each run of it woke the thread", run: stubs }]);
