import { ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type CountedHardirqRow, type TimedHardirqRow, traceHardirqs } from "@irqtrace/hardirqs";
import { sendUdp } from "../../kernel/load/loads.ts";
import { parseCounts } from "./kernel-counts.ts";
import type { Check, Measured } from "./report.ts";

const PACKETS = 5_000;

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** Of every kind and CPU: which hidden irq carries which kind is the kernel's secret. */
const kernelIpis = (): number =>
  sum([...parseCounts(readFileSync("/proc/interrupts", "utf8"), /^IPI\d+$/).values()].flat());

/** The rows of interrupts between CPUs, which arm64 has as actions of irqs that /proc/interrupts does not number. */
function tracedIpis(rows: readonly (CountedHardirqRow | TimedHardirqRow)[]): number {
  return sum(rows.filter((row) => row.name === "IPI").map((row) => row.count));
}

async function compareIpis(): Promise<Measured> {
  using tracer = traceHardirqs({ perCpu: true });
  const read = (): { earliest: number; traced: number; latest: number } => {
    const earliest = kernelIpis();
    const traced = tracedIpis(tracer.snapshot().rows);
    return { earliest, traced, latest: kernelIpis() };
  };
  const before = read();
  await sendUdp(PACKETS);
  const after = read();
  const traced = after.traced - before.traced;
  // One may be under way on each CPU at each reading.
  const slack = 2 * navigator.hardwareConcurrency;
  const least = after.earliest - before.latest - slack;
  const most = after.latest - before.earliest + slack;
  ok(most > slack, "the kernel counted no interrupts between CPUs");
  ok(traced >= least && traced <= most, `${traced} traced, ${least} to ${most} counted by the kernel`);
  return { detail: `${traced} traced, ${least} to ${most} counted by the kernel`, figures: { ipis: traced } };
}

/** Interrupts that only some architectures have as actions. */
export const IPI_CHECKS: readonly Check[] = [
  { name: 'rows named "IPI" are as many as the IPI lines of /proc/interrupts', run: compareIpis },
];
