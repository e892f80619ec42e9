import type { Tracer, TracerOptions } from "@irqtrace/tracer";
import { FLAVOURS, type Flavour } from "../invocation.ts";
import { isBunTooOld } from "../oldest-bun.ts";
import { TRACE_COMMAND_NAMES, type TraceCommandName } from "../trace-commands.ts";
import type { DoctorFacts, LinuxFacts, Trial } from "./doctor-facts.ts";

const TRACEPOINTS = ["irq_handler_entry", "irq_handler_exit", "softirq_entry", "softirq_exit"] as const;

/** Looks at this machine. It changes nothing but for the moments of a trial. */
export async function gatherFacts(): Promise<DoctorFacts> {
  const { platform } = process;
  return { bunVersion: Bun.version, platform, linux: platform === "linux" ? await gatherLinuxFacts() : null };
}

async function gatherLinuxFacts(): Promise<LinuxFacts> {
  // Asked for here and not above: in the bundle, which is one file, those above would be loaded at every start.
  const loader = await import("@irqtrace/loader");
  const { cgroupMounts } = await import("@irqtrace/tracer");
  const missing = loader.missingCapabilities();
  const library = isBunTooOld(Bun.version) ? null : await findLibbpf();
  const canCall = library !== null && !("problem" in library);
  return {
    host: loader.hostFacts(),
    hasKernelBtf: loader.kernelHasBtf(),
    tracepoints: [...TRACEPOINTS.map((name) => ({ name })), ...(await optionalTracepoints())].map((tracepoint) => ({
      ...tracepoint,
      isTyped: loader.hasTracepointBtf(tracepoint.name),
      isRaw: loader.hasRawTracepoint(tracepoint.name),
    })),
    missingCapabilities: missing,
    cgroupMounts: cgroupMounts(),
    libbpf: library,
    bpfCall: canCall ? loader.probeBpfCall() : null,
    trials: canCall && missing.length === 0 ? await tryAll() : [],
  };
}

/** Those of interrupts that belong to no device, as far as this architecture can have them. */
async function optionalTracepoints(): Promise<readonly { readonly name: string; readonly class: string }[]> {
  const { SYSTEM_TRACEPOINTS } = await import("@irqtrace/hardirqs");
  const classes = process.arch === "arm64" ? (["ipi"] as const) : (["vector", "nmi"] as const);
  return classes.flatMap((one) => SYSTEM_TRACEPOINTS[one].map((name) => ({ name, class: one })));
}

async function findLibbpf(): Promise<NonNullable<LinuxFacts["libbpf"]>> {
  const { libbpf } = await import("@irqtrace/loader");
  try {
    return libbpf();
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

async function tryAll(): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const command of TRACE_COMMAND_NAMES) {
    for (const flavour of FLAVOURS) trials.push(await tryOne(command, flavour));
  }
  return trials;
}

async function tryOne(command: TraceCommandName, flavour: Flavour): Promise<Trial> {
  const open: (options: TracerOptions) => Tracer<unknown> =
    command === "hardirqs"
      ? (await import("@irqtrace/hardirqs")).traceHardirqs
      : (await import("@irqtrace/softirqs")).traceSoftirqs;
  try {
    using tracer = open({ flavour });
    return { command, flavour, error: null, countsRecursion: tracer.snapshot().lost.recursionMisses !== null };
  } catch (error) {
    // Whatever it is: that it fails, and how, is what was asked.
    return { command, flavour, error: messageOf(error), countsRecursion: null };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
