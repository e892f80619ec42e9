import type { Histogram, Lost } from "@irqtrace/decode";
import type { Finding } from "@irqtrace/interrupts/decode";

/**
 * One row of a report: what the rows of both tracers have in common, so that a renderer needs to know neither.
 * A field is absent where the command has none (`vector` of a hardirq) or the options left it out (times with --count).
 */
export interface ReportRow {
  readonly class?: string;
  readonly irq?: number;
  readonly action?: number;
  readonly vector?: number;
  readonly handler?: string;
  readonly name: string;
  readonly cpu?: number;
  /** With --matrix: CPUs that the irq may be sent to, those that the kernel chose, and its device's NUMA node. */
  readonly affinity?: string;
  readonly effectiveAffinity?: string;
  readonly node?: number;
  readonly count: number;
  readonly totalNs?: number;
  readonly selfNs?: number;
  readonly avgNs?: number;
  readonly maxNs?: number;
  readonly p50Ns?: number;
  readonly p90Ns?: number;
  readonly p99Ns?: number;
  readonly p999Ns?: number;
  readonly unhandled?: number;
  readonly wakeThread?: number;
  readonly histogram?: Pick<Histogram, "buckets">;
  /** Present with --latency, as the next two. */
  readonly latency?: ReportWait;
  readonly unmatchedRaise?: number;
  readonly places?: ReportPlaces;
}

/** How long a row's runs had waited. */
export interface ReportWait {
  readonly count: number;
  readonly totalNs: number;
  readonly avgNs: number;
  readonly maxNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly histogram: Pick<Histogram, "buckets">;
}

/** Where a row's runs began, as counts; what was not told apart is absent. */
export interface ReportPlaces {
  readonly ksoftirqd: number;
  readonly ktimers: number;
  readonly interruptExit?: number;
  readonly bhEnable?: number;
  readonly inline?: number;
  readonly unknown: number;
}

/** Those that are a cell of a table. */
export type RowField = Exclude<keyof ReportRow, "histogram" | "latency" | "places">;

/** What one report says: the rows of an interval, or of the whole trace. */
export interface Report<Row = ReportRow> {
  readonly start: Date;
  /** Measured length of the interval, or of the whole trace, in nanoseconds. */
  readonly lengthNs: number;
  readonly lost: Lost;
  /** Present with --cost. */
  readonly cost?: ReportCost | undefined;
  /** What is worth a look. Present with --findings. */
  readonly findings?: readonly Finding[] | undefined;
  readonly rows: readonly Row[];
}

/** What tracing cost while a report's events were counted. */
export interface ReportCost {
  /** Of the programs in the kernel; null where it does not tell. */
  readonly runTimeNs: number | null;
  readonly runCount: number | null;
  /** Of all rows, also those that the report leaves out. */
  readonly eventCount: number;
  readonly processCpuNs: number;
  readonly processMemoryBytes: number;
}
