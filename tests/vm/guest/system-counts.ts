import { equal, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import {
  type AnyCountedHardirqRow,
  type AnyTimedHardirqRow,
  type HardirqClass,
  SYSTEM_VECTORS,
  traceHardirqs,
} from "@irqtrace/hardirqs";
import { sendUdp } from "../../kernel/load/loads.ts";
import type { Check } from "./report.ts";

type Row = AnyCountedHardirqRow | AnyTimedHardirqRow;
type Counts = ReadonlyMap<string, number>;

const IS_ARM = process.arch === "arm64";
const CLASS: HardirqClass = IS_ARM ? "ipi" : "vector";
const PACKETS = 5_000;
const ATTEMPTS = 20;
/** More than come while the counters are read. */
const ENOUGH = 10;
const MOST_LOADS = 10;
/** Sources that the load is sure to use. */
const EXPECTED = IS_ARM ? ["Rescheduling interrupts"] : ["LOC", "RES"];
const TRACING = "/sys/kernel/tracing";

const LABELS: ReadonlyMap<string, string> = new Map(SYSTEM_VECTORS.map(({ name, label }) => [name, label]));

/** What /proc/interrupts counts and tracepoints tell of, all CPUs together: by label, or on arm64 by what an IPI is for. */
function kernelCounts(): Counts {
  const [heading = "", ...lines] = readFileSync("/proc/interrupts", "utf8").trimEnd().split("\n");
  const cpus = heading.trim().split(/\s+/).length;
  const counts = lines.flatMap((line): readonly (readonly [string, number])[] => {
    const [label = "", ...fields] = line.trim().split(/:?\s+/);
    const source = IS_ARM ? fields.slice(cpus).join(" ") : label;
    const isTraced = IS_ARM ? /^IPI\d+$/.test(label) : [...LABELS.values()].includes(label);
    if (!isTraced) return [];
    return [[source, fields.slice(0, cpus).reduce((sum, field) => sum + (Number(field) || 0), 0)]];
  });
  return new Map(counts);
}

function tracedCounts(rows: readonly Row[]): Counts {
  const counts = new Map<string, number>();
  for (const { name, count } of rows) {
    const source = IS_ARM ? name : (LABELS.get(name) ?? name);
    counts.set(source, (counts.get(source) ?? 0) + count);
  }
  return counts;
}

/** Wakes tasks on other CPUs, calls functions there and lets timers expire, until each source that is expected was used. */
async function interruptCpus(): Promise<void> {
  const before = kernelCounts();
  const isUsed = (source: string): boolean => (kernelCounts().get(source) ?? 0) - (before.get(source) ?? 0) >= ENOUGH;
  for (let load = 0; load < MOST_LOADS; load++) {
    await sendUdp(PACKETS);
    // Each change patches the kernel's text, and tells every CPU.
    for (const value of ["1", "0", "1"]) writeFileSync("/proc/sys/kernel/sched_schedstats", value);
    await Bun.sleep(200);
    if (EXPECTED.every(isUsed)) return;
  }
}

/** A tracer's counts between two readings of the kernel's. */
interface Reading {
  readonly earliest: Counts;
  readonly traced: Counts;
  readonly latest: Counts;
}

/** The reading during which the fewest interrupts came, of some: timers never stand still. */
function quietest(read: () => Reading): Reading {
  const total = (counts: Counts): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const width = ({ earliest, latest }: Reading): number => total(latest) - total(earliest);
  return Array.from({ length: ATTEMPTS }, read).reduce((best, one) => (width(one) < width(best) ? one : best));
}

/** Between two readings as many must have been traced as the kernel counted, within what happened around the readings. */
async function compareCounts(measure: "time" | "count"): Promise<string> {
  using tracer = traceHardirqs({ classes: [CLASS], measure });
  const read = (): Reading => {
    const earliest = kernelCounts();
    const traced = tracedCounts(tracer.snapshot().rows);
    return { earliest, traced, latest: kernelCounts() };
  };
  const before = quietest(read);
  await interruptCpus();
  const after = quietest(read);
  const { lost, rows } = tracer.snapshot();
  equal(lost.tableFull, 0);
  equal(lost.recursionMisses ?? 0, 0);
  for (const row of rows) if ("histogram" in row) equal(row.histogram.count, row.count, "events in the histogram");
  // One may be under way on each CPU at each reading: counted by the kernel, not yet by a program.
  const slack = 2 * navigator.hardwareConcurrency;
  const details: string[] = [];
  for (const source of after.latest.keys()) {
    const of = (counts: Counts): number => counts.get(source) ?? 0;
    const traced = of(after.traced) - of(before.traced);
    const [least, most] = [of(after.earliest) - of(before.latest), of(after.latest) - of(before.earliest)];
    const detail = `${traced} of ${source} traced, ${least} to ${most} counted by the kernel`;
    ok(traced >= least - slack && traced <= most + slack, detail);
    if (EXPECTED.includes(source)) ok(least > 0, `the load caused no ${source}: it does not test anything`);
    if (most > 0) details.push(detail);
  }
  for (const source of EXPECTED) ok(after.latest.has(source), `the kernel does not count ${source}`);
  return details.join("; ");
}

/** NMIs are compared in time: the kernel counts one NMI, and every handler runs of it. */
async function compareNmis(): Promise<string> {
  using tracer = traceHardirqs({ classes: ["nmi"] });
  writeFileSync(`${TRACING}/trace`, "");
  writeFileSync(`${TRACING}/events/nmi/nmi_handler/enable`, "1");
  writeFileSync("/proc/sysrq-trigger", "l");
  await Bun.sleep(200);
  writeFileSync(`${TRACING}/events/nmi/nmi_handler/enable`, "0");
  const recorded = new Map<string, number>();
  const text = readFileSync(`${TRACING}/trace`, "utf8");
  for (const [, name = "", durationNs] of text.matchAll(/nmi_handler: (\S+?)(?:\(\))? delta_ns: (\d+)/g))
    recorded.set(name, (recorded.get(name) ?? 0) + Number(durationNs));
  ok(recorded.size > 0, `no NMI was recorded:\n${text}`);
  const { rows, lost } = tracer.snapshot();
  equal(lost.tableFull, 0);
  const traced = new Map(rows.map(({ name, totalNs }) => [name, totalNs]));
  for (const [name, totalNs] of recorded) equal(traced.get(name), totalNs, `ns in ${name}`);
  return [...recorded].map(([name, totalNs]) => `${totalNs} ns in ${name}`).join("; ");
}

/** Interrupts that belong to no device, against the kernel's own counters and records. */
export const SYSTEM_CHECKS: readonly Check[] = [
  ...(["time", "count"] as const).map((measure) => ({
    name: `interrupts of the CPUs themselves, measuring ${measure}, are as many as in /proc/interrupts`,
    run: () => compareCounts(measure),
  })),
  ...(IS_ARM
    ? []
    : [{ name: "handlers of NMIs take as long as the kernel's own trace says", run: () => compareNmis() }]),
  {
    name: "no device is called IPI, and a class that the kernel lacks is refused by name alone",
    run: async () => {
      using tracer = traceHardirqs({ classes: "all" });
      await interruptCpus();
      const rows = tracer.snapshot().rows;
      ok(rows.some((row) => row.class === CLASS));
      ok(!rows.some((row) => row.class === "device" && row.name === "IPI"));
      const absent = IS_ARM ? "vector" : "ipi";
      try {
        traceHardirqs({ classes: [absent] })[Symbol.dispose]();
      } catch (error) {
        equal(error instanceof Error && error.name, "UnsupportedKernelError");
        return;
      }
      throw new Error(`the class ${absent} was traced`);
    },
  },
];
