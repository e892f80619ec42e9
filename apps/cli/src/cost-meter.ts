import type { Cost } from "@irqtrace/decode";
import type { ProcessUsage } from "./environment.ts";
import type { ReportCost } from "./report.ts";

/** Tells for one report after the other what tracing cost meanwhile. */
export class CostMeter {
  readonly #usage: () => ProcessUsage;
  #cpuNs: number;

  constructor(usage: () => ProcessUsage) {
    this.#usage = usage;
    this.#cpuNs = usage().cpuNs;
  }

  /** Since the last call. `programs` is undefined where the kernel does not tell. */
  read(programs: Cost | undefined, events: readonly { readonly count: number }[]): ReportCost {
    const { cpuNs, memoryBytes } = this.#usage();
    const processCpuNs = cpuNs - this.#cpuNs;
    this.#cpuNs = cpuNs;
    return {
      runTimeNs: programs?.runTimeNs ?? null,
      runCount: programs?.runCount ?? null,
      eventCount: events.reduce((sum, { count }) => sum + count, 0),
      processCpuNs,
      processMemoryBytes: memoryBytes,
    };
  }
}
