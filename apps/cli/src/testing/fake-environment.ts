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
import { type LibbpfInfo, UnsupportedPlatformError } from "@irqtrace/loader";
import type { Tracer } from "@irqtrace/tracer";
import type { DoctorFacts } from "../doctor/doctor-facts.ts";
import type { Environment, ProcessUsage, StopSignal, TextSink, TraceOptions } from "../environment.ts";
import type { ReportRow } from "../report.ts";
import type { TraceCommandName } from "../trace-commands.ts";
import { FakeTracer, type Script } from "./fake-tracer.ts";

/** What a test may set; all else is a pipe on a machine with CPUs 0-3 in UTC+02:00. */
export interface FakeSettings {
  readonly script: Script;
  /** What the tracer says that it cannot tell. */
  readonly notes?: readonly string[];
  readonly stdout?: Partial<TextSink>;
  readonly stderrIsTTY?: boolean;
  readonly utcOffsetMinutes?: number;
  readonly openError?: Error;
  readonly missingCapabilities?: readonly string[];
  readonly userId?: number;
  readonly program?: readonly string[];
  readonly slow?: SlowTracer;
  readonly victims?: Tracer<VictimRow>;
  readonly hidesKernelAddresses?: boolean;
  readonly doctorFacts?: DoctorFacts;
  readonly statisticsRefusal?: string;
  readonly hasNoLibbpf?: boolean;
  readonly absentTracepoints?: readonly string[];
  readonly coverage?: Coverage;
  readonly cpus?: readonly number[];
  readonly machine?: MachineFacts;
}

/** An environment that records what the program did to it. */
export class FakeEnvironment implements Environment {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly program: readonly string[];
  readonly userId: number;
  readonly tracer: FakeTracer;
  readonly opened: { readonly command: TraceCommandName; readonly options: TraceOptions }[] = [];
  readonly openedSlow: SlowOptions[] = [];
  readonly openedVictims: VictimOptions[] = [];
  readonly openedCoverage: CoverageOptions[] = [];
  readonly exits: number[] = [];
  /** Reports as they were written, one text each. */
  readonly reports: string[] = [];
  errorText = "";
  /** The clock: it stands unless a test moves it. */
  nowMs = 5_000;
  #usages = 0;
  readonly #settings: FakeSettings;
  readonly #listeners = new Set<(signal: StopSignal) => void>();

  constructor(settings: FakeSettings) {
    this.#settings = settings;
    this.tracer = new FakeTracer(settings.script, settings);
    this.program = settings.program ?? ["./irqtrace"];
    this.userId = settings.userId ?? 1000;
    const record = async (text: string): Promise<void> => void this.reports.push(text);
    this.stdout = { isTTY: false, columns: undefined, write: record, ...settings.stdout };
    this.stderr = {
      isTTY: settings.stderrIsTTY ?? false,
      columns: undefined,
      write: async (text) => {
        this.errorText += text;
      },
    };
  }

  get outputText(): string {
    return this.reports.join("");
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  send(signal: StopSignal): void {
    for (const listener of this.#listeners) listener(signal);
  }

  utcOffsetMinutes(): number {
    return this.#settings.utcOffsetMinutes ?? 120;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  onStopSignal(listener: (signal: StopSignal) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  async openTracer(command: TraceCommandName, options: TraceOptions): Promise<Tracer<ReportRow>> {
    this.opened.push({ command, options });
    if (this.#settings.openError) throw this.#settings.openError;
    return this.tracer;
  }

  async machineFacts(): Promise<MachineFacts> {
    return this.#settings.machine ?? { onlineCpus: [0, 1, 2, 3], tickNs: 4_000_000, isPreemptRt: false };
  }

  async statisticsRefusal(): Promise<string | null> {
    return this.#settings.statisticsRefusal ?? null;
  }

  /** 5 ms more each time. */
  processUsage(): ProcessUsage {
    this.#usages += 1;
    return { cpuNs: 40_000_000 + 5_000_000 * this.#usages, memoryBytes: 60_600_000 };
  }

  async openVictims(options: VictimOptions): Promise<Tracer<VictimRow>> {
    this.openedVictims.push(options);
    if (this.#settings.openError) throw this.#settings.openError;
    if (this.#settings.victims === undefined) throw new TypeError("The test has no victims.");
    return this.#settings.victims;
  }

  async showsKernelAddresses(): Promise<boolean> {
    return !this.#settings.hidesKernelAddresses;
  }

  /** Every irq may run on all CPUs, and does on the one of its last digit; those of the legacy controller are gone. */
  async irqPlacement(): Promise<(irq: number) => IrqPlacement | null> {
    return (irq) => (irq < 16 ? null : { affinity: "0-3", effectiveAffinity: String(irq % 10), node: irq % 2 });
  }

  async measureCoverage(options: CoverageOptions): Promise<Coverage> {
    this.openedCoverage.push(options);
    if (this.#settings.openError) throw this.#settings.openError;
    if (this.#settings.coverage === undefined) throw new TypeError("The test has no coverage.");
    options.onStart?.(this.tracer.description);
    return this.#settings.coverage;
  }

  async openSlow(options: SlowOptions): Promise<SlowTracer> {
    this.openedSlow.push(options);
    if (this.#settings.openError) throw this.#settings.openError;
    if (this.#settings.slow === undefined) throw new TypeError("The test has no slow events.");
    return this.#settings.slow;
  }

  async possibleCpus(): Promise<readonly number[]> {
    return this.#settings.cpus ?? [0, 1, 2, 3];
  }

  async missingCapabilities(): Promise<readonly string[]> {
    return this.#settings.missingCapabilities ?? [];
  }

  async libbpf(): Promise<LibbpfInfo> {
    if (this.#settings.hasNoLibbpf) throw new UnsupportedPlatformError("There is no\u001b[31m file.");
    return { path: "/usr/lib/libbpf.so.1", version: "1.7", source: "system" };
  }

  async doctorFacts(): Promise<DoctorFacts> {
    if (this.#settings.doctorFacts === undefined) throw new TypeError("The test has no facts for the doctor.");
    return this.#settings.doctorFacts;
  }
}
