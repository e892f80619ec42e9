import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type {
  Coverage,
  CoverageOptions,
  SlowOptions,
  SlowTracer,
  VictimOptions,
  VictimRow,
} from "@irqtrace/interrupts";
import type { Tracer } from "@irqtrace/tracer";
import type { Environment, ProcessUsage, TextSink, TraceOptions } from "./environment.ts";
import { FdSink } from "./fd-sink.ts";
import { isBunTooOld, OLDEST_BUN } from "./oldest-bun.ts";
import type { ReportRow } from "./report.ts";
import { onStopSignal } from "./stop-signals.ts";
import type { TraceCommandName } from "./trace-commands.ts";

/** Where sudo looks for programs unless it is told otherwise. */
const SUDO_PATH: readonly string[] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The environment of the real process. */
export function createProcessEnvironment(): Environment {
  return {
    stdout: new FdSink(1, () => process.stdout.getWindowSize()[0]),
    stderr: ignoreFailures(new FdSink(2, () => process.stderr.getWindowSize()[0])),
    program: programWords(process.env, process.execPath, Bun.main),
    userId: process.geteuid?.() ?? 0,
    utcOffsetMinutes: (date) => -date.getTimezoneOffset(),
    monotonicMs: () => performance.now(),
    onStopSignal,
    exit: (code) => process.exit(code),
    openTracer,
    openSlow,
    openVictims,
    showsKernelAddresses: async () => (await import("@irqtrace/loader")).showsKernelAddresses(),
    irqPlacement: async () => (await import("@irqtrace/hardirqs")).readIrqPlacement,
    measureCoverage,
    statisticsRefusal,
    processUsage,
    machineFacts: async () => (await import("@irqtrace/interrupts")).machineFacts(),
    possibleCpus: async () => (await import("@irqtrace/loader")).possibleCpus(),
    missingCapabilities: async () => (await import("@irqtrace/loader")).missingCapabilities(),
    libbpf: async () => {
      await requireBun(Bun.version);
      return (await import("@irqtrace/loader")).libbpf();
    },
    doctorFacts: async () => (await import("./doctor/gather-facts.ts")).gatherFacts(),
  };
}

async function openTracer(
  command: TraceCommandName,
  { classes: words, self, latency, places, ...options }: TraceOptions,
): Promise<Tracer<ReportRow>> {
  await requireBun(Bun.version);
  const resolved = { ...options, cgroup: fromHere(options.cgroup) };
  if (command === "hardirqs") {
    const { HARDIRQ_CLASSES, traceHardirqs } = await import("@irqtrace/hardirqs");
    const classes =
      words === undefined || words === "all" ? words : HARDIRQ_CLASSES.filter((name) => words.includes(name));
    return traceHardirqs({ ...resolved, classes, exclusive: self });
  }
  if (!self) return (await import("@irqtrace/softirqs")).traceSoftirqs({ ...resolved, latency, places });
  return (await import("@irqtrace/interrupts")).traceInterrupts({ ...resolved, classes: ["softirq"], exclusive: true });
}

async function openSlow(options: SlowOptions): Promise<SlowTracer> {
  await requireBun(Bun.version);
  return (await import("@irqtrace/interrupts")).traceSlow({ ...options, cgroup: fromHere(options.cgroup) });
}

async function openVictims(options: VictimOptions): Promise<Tracer<VictimRow>> {
  await requireBun(Bun.version);
  return (await import("@irqtrace/interrupts")).traceVictims({ ...options, cgroup: fromHere(options.cgroup) });
}

async function measureCoverage(options: CoverageOptions): Promise<Coverage> {
  await requireBun(Bun.version);
  return (await import("@irqtrace/interrupts")).measureCoverage(options);
}

function fromHere(cgroup: string | undefined): string | undefined {
  return cgroup === undefined ? undefined : resolveCgroup(cgroup, process.env["IRQTRACE_CWD"] ?? process.cwd());
}

async function statisticsRefusal(): Promise<string | null> {
  await requireBun(Bun.version);
  const { BpfError, enableStatistics } = await import("@irqtrace/loader");
  try {
    enableStatistics()[Symbol.dispose]();
    return null;
  } catch (error) {
    if (error instanceof BpfError) return error.message;
    throw error;
  }
}

function processUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  return { cpuNs: (user + system) * 1000, memoryBytes: process.memoryUsage.rss() };
}

/** @throws {UnsupportedPlatformError} on a Bun whose foreign functions work otherwise than the loader knows */
export async function requireBun(version: string): Promise<void> {
  if (!isBunTooOld(version)) return;
  const { UnsupportedPlatformError } = await import("@irqtrace/loader");
  throw new UnsupportedPlatformError(`Cannot trace with Bun ${version}. Install Bun ${OLDEST_BUN} or later.`);
}

/**
 * How to start this program again, also as another user: the checkout's script brings its own Bun; the installed
 * launcher looks for one on the PATH, which sudo replaces, or where npm_execpath says.
 */
export function programWords(env: NodeJS.ProcessEnv, execPath: string, mainFile: string): readonly string[] {
  const { IRQTRACE_PROGRAM: script, IRQTRACE_LAUNCHER: launcher } = env;
  if (script) return [script];
  if (!launcher) return [execPath, mainFile];
  return SUDO_PATH.includes(dirname(execPath)) ? [launcher] : ["env", `npm_execpath=${execPath}`, launcher];
}

/** A relative path is meant from where the user is; the launcher starts Bun elsewhere. */
export function resolveCgroup(path: string, workingDirectory: string): string {
  const here = resolve(workingDirectory, path);
  return existsSync(here) ? here : path;
}

/** A stderr that takes no more text must not spoil the reports and the exit code. */
function ignoreFailures(sink: TextSink): TextSink {
  return {
    get isTTY() {
      return sink.isTTY;
    },
    get columns() {
      return sink.columns;
    },
    write: (text) =>
      sink.write(text).catch(() => {
        // There is nobody left to tell.
      }),
  };
}
