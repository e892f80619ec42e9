import { existsSync, readFileSync } from "node:fs";
import { machineTableSize } from "@irqtrace/hardirqs";
import { hasTracepointBtf, hostFacts, possibleCpus } from "@irqtrace/loader";
import { createTracer, isPreemptRt, type Tracer, type TracerOptions, withoutTracepoints } from "@irqtrace/tracer";
import { CgroupPaths } from "./cgroup-paths.ts";
import { INTERRUPT_CLASSES, type InterruptClass } from "./interrupt-class.ts";
import { type KernelEntries, kernelEntries } from "./kernel-entries.ts";
import { tracepointsOf, type VictimMachine, victimDefinition } from "./victim-definition.ts";
import { VICTIM_KINDS, type VictimKind, type VictimRow } from "./victim-row.ts";
import { cgroupsIn } from "./victim-table.ts";

const KALLSYMS_PATH = "/proc/kallsyms";
const MAX_TABLE_ENTRIES = 1_000_000;
/** Rows are pairs of a victim and a source; tasks come and go. */
const TABLE_ENTRIES: Readonly<Record<VictimKind, number>> = { task: 16_384, cgroup: 2048, "cpu-mode": 1024 };
/** Of each CPU's idle task. */
const IDLE_SOURCES = 16;

/**
 * Options of {@link traceVictims}.
 *
 * @example
 * ```ts
 * import type { VictimOptions } from "@irqtrace/interrupts";
 *
 * const options: VictimOptions = { by: "cgroup", classes: ["softirq"], cpus: [0] };
 * console.log(options.by); // cgroup
 * ```
 */
export interface VictimOptions extends Omit<TracerOptions, "measure" | "perCpu"> {
  /** By what victims are told apart; "task" by default. "cpu-mode" walks the kernel's stack at each interrupt. */
  readonly by?: VictimKind | undefined;
  /** Whose time is told; by default all that this kernel has. Others are traced as far as they nest in these. */
  readonly classes?: readonly InterruptClass[] | undefined;
  /** Pairs of a victim and a source to make room for. What comes when they are all taken is added up by class. */
  readonly tableEntries?: number | undefined;
}

/**
 * Traces whose time interrupts took: for each interrupted task, cgroup or CPU mode and each source, how often and how
 * long, without what nested inside. The totals of a class are right even where the table is too small. Needs CAP_BPF and
 * CAP_PERFMON; for CPU modes also CAP_SYSLOG, without which they are `unknown`. Sources: irq:irq_handler_*, irq:softirq_*,
 * irq_vectors:*, nmi:nmi_handler, ipi:ipi_entry.
 *
 * @throws TypeError or RangeError for a wrong option; BpfError and its kinds if the kernel refuses, among them
 * UnsupportedKernelError for a class that is named and that this kernel does not have; UnsupportedPlatformError where
 * there is no BPF.
 *
 * @example
 * ```ts
 * // kernel
 * import { traceVictims } from "@irqtrace/interrupts";
 *
 * using tracer = traceVictims({ by: "task" });
 * for await (const interval of tracer.intervals({ everyMs: 100, count: 2 })) {
 *   for (const row of interval.rows) console.log(row.victim, row.tid, row.class, row.name, row.count, row.totalNs);
 * }
 * ```
 */
export function traceVictims(options: VictimOptions = {}): Tracer<VictimRow> {
  const { by = "task", classes, tableEntries, ...others } = options;
  checkVictimOptions(options);
  const machine = thisMachine(by);
  const selection = {
    by,
    classes: classes ?? INTERRUPT_CLASSES.map(({ name }) => name),
    tableEntries: tableEntries ?? TABLE_ENTRIES[by] + (by === "task" ? IDLE_SOURCES * possibleCpus().length : 0),
  };
  const absent = classes?.find((name) => tracepointsOf(name, machine).length === 0);
  if (absent !== undefined) throw absentClass(absent);
  const paths = by === "cgroup" ? new CgroupPaths() : null;
  const definition = victimDefinition(selection, machine);
  if (paths === null) return createTracer(definition, others);
  return createTracer(
    { ...definition, annotate: (raw) => ({ ...raw, cgroups: Object.fromEntries(paths.find(cgroupsIn(raw))) }) },
    others,
  );
}

/** What to name where a class has none: devices and softirqs are everywhere. */
const TRACEPOINTS_MISSED: Readonly<Record<InterruptClass, readonly string[]>> = {
  device: [],
  softirq: [],
  vector: ["local_timer_entry", "local_timer_exit"],
  ipi: ["ipi_entry", "ipi_exit"],
  nmi: ["nmi_handler"],
};

/** Classes of one architecture; no configuration of another has them. */
const ARCHITECTURES: Partial<Readonly<Record<InterruptClass, string>>> = { ipi: "arm64", vector: "x64", nmi: "x64" };

function absentClass(name: InterruptClass): Error {
  const only = ARCHITECTURES[name];
  const why =
    only === undefined || only === process.arch ? undefined : `only ${only} has it, and this is ${process.arch}`;
  return withoutTracepoints(`class ${name}`, TRACEPOINTS_MISSED[name], why);
}

function thisMachine(by: VictimKind): VictimMachine {
  return {
    irqs: machineTableSize().irqs,
    isPreemptRt: isPreemptRt(),
    hasIpis: process.arch === "arm64",
    canInsertInNmi: isFrom511(hostFacts().kernelRelease),
    entries: by === "cpu-mode" ? readKernelEntries() : { interrupts: [], others: [] },
    hasTracepoint: hasTracepointBtf,
  };
}

function isFrom511(release: string): boolean {
  const [major = 0, minor = 0] = release.split(".").map((part) => Number.parseInt(part, 10));
  return major > 5 || (major === 5 && minor >= 11);
}

function readKernelEntries(): KernelEntries {
  return kernelEntries(existsSync(KALLSYMS_PATH) ? readFileSync(KALLSYMS_PATH, "utf8") : "");
}

function checkVictimOptions({ by, classes, tableEntries }: VictimOptions): void {
  oneOf("by", by, VICTIM_KINDS);
  if (classes !== undefined && !Array.isArray(classes))
    throw new TypeError(`Cannot use the option "classes": ${String(classes)} is given. Allowed: an array of classes.`);
  if (classes?.length === 0) throw new RangeError(`Cannot use the option "classes": it is empty. Name at least one.`);
  for (const name of classes ?? [])
    oneOf(
      "classes",
      name,
      INTERRUPT_CLASSES.map((known) => known.name),
    );
  if (tableEntries === undefined) return;
  if (!(Number.isSafeInteger(tableEntries) && tableEntries >= 1 && tableEntries <= MAX_TABLE_ENTRIES)) {
    throw new RangeError(
      `Cannot use the option "tableEntries": ${String(tableEntries)} is given. Allowed: a whole number from 1 to ${MAX_TABLE_ENTRIES}.`,
    );
  }
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || (typeof value === "string" && allowed.includes(value))) return;
  const names = allowed.map((one) => `"${one}"`).join(", ");
  throw new RangeError(`Cannot use the option "${name}": ${String(value)} is given. Allowed: ${names}.`);
}
