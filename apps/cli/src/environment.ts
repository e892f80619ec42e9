import type { IrqPlacement } from "@irqtrace/hardirqs";
import type {
  Coverage,
  CoverageOptions,
  MachineFacts,
  SlowOptions,
  SlowTracer,
  VictimOptions,
  VictimRow,
} from "@irqtrace/interrupts";
import type { LibbpfInfo } from "@irqtrace/loader";
import type { Tracer, TracerOptions } from "@irqtrace/tracer";
import type { DoctorFacts } from "./doctor/doctor-facts.ts";
import type { ReportRow } from "./report.ts";
import type { TraceCommandName } from "./trace-commands.ts";

export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** A stream of text. */
export interface TextSink {
  readonly isTTY: boolean;
  /** Width of the terminal at this moment; undefined when it is none or does not tell. */
  readonly columns: number | undefined;
  /**
   * Resolves once the system has taken the whole text: to wait for it is the back-pressure.
   *
   * @throws {ClosedOutputError} when nobody reads any more
   */
  write(text: string): Promise<void>;
}

/** What a process took since it started, and the memory that it has now. */
export interface ProcessUsage {
  readonly cpuNs: number;
  readonly memoryBytes: number;
}

/** What the tracing commands ask of a tracer. */
export interface TraceOptions extends TracerOptions {
  readonly classes?: readonly string[] | "all" | undefined;
  /** Whether times are exclusive ones too. */
  readonly self?: boolean | undefined;
  /** Whether rows tell what their runs waited, and whether the stack tells where these began. */
  readonly latency?: boolean | undefined;
  readonly places?: "stack" | undefined;
}

/** All that the program touches outside itself; tests put a fake in its place. */
export interface Environment {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** The words that started this program, to be shown in a command that can be copied. */
  readonly program: readonly string[];
  readonly userId: number;
  /** Minutes that local time is ahead of UTC at that date. */
  utcOffsetMinutes(date: Date): number;
  /** Milliseconds of a clock that nobody sets. */
  monotonicMs(): number;
  /** Calls the listener at each signal that asks for the end, until the returned function is called. */
  onStopSignal(listener: (signal: StopSignal) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
  openTracer(command: TraceCommandName, options: TraceOptions): Promise<Tracer<ReportRow>>;
  openSlow(options: SlowOptions): Promise<SlowTracer>;
  openVictims(options: VictimOptions): Promise<Tracer<VictimRow>>;
  /** Whether the kernel lets this process tell its functions apart. */
  showsKernelAddresses(): Promise<boolean>;
  /** Where an irq may run, and does; null where it is gone. */
  irqPlacement(): Promise<(irq: number) => IrqPlacement | null>;
  measureCoverage(options: CoverageOptions): Promise<Coverage>;
  /** What findings need to know of the machine. */
  machineFacts(): Promise<MachineFacts>;
  /** Why the kernel may not be asked what programs cost; null if it may. */
  statisticsRefusal(): Promise<string | null>;
  /** Of this process so far. */
  processUsage(): ProcessUsage;
  possibleCpus(): Promise<readonly number[]>;
  missingCapabilities(): Promise<readonly string[]>;
  /** @throws {UnsupportedPlatformError} where there is none that can be used */
  libbpf(): Promise<LibbpfInfo>;
  /** What there is to know about tracing here; loads and attaches the programs for a moment where it may. */
  doctorFacts(): Promise<DoctorFacts>;
}
