import { readFileSync } from "node:fs";
import { sleep, type Tracer, type TracerOptions } from "@irqtrace/tracer";
import { type Coverage, type CoverageReading, coverageBetween } from "./coverage.ts";
import type { CountedInterruptRow } from "./interrupt-row.ts";
import { type ProcLine, parseProcCounts } from "./proc-counts.ts";
import { traceInterrupts } from "./trace-interrupts.ts";

/**
 * Options of {@link measureCoverage}.
 *
 * @example
 * ```ts
 * import type { CoverageOptions } from "@irqtrace/interrupts";
 *
 * const options: CoverageOptions = { durationMs: 500 };
 * console.log(options.durationMs); // 500
 * ```
 */
export interface CoverageOptions extends Pick<TracerOptions, "flavour" | "log"> {
  /** How long to count: a second by default. */
  readonly durationMs?: number | undefined;
  /** Ends it sooner, with what was counted until then. */
  readonly signal?: AbortSignal | undefined;
  /** Is told what was loaded, once it is. */
  readonly onStart?: ((description: Tracer<CountedInterruptRow>["description"]) => void) | undefined;
}

const DEFAULT_MS = 1_000;
const MAX_MS = 2 ** 31 - 1;
/** Interrupts that come while the files are read widen the bounds: the narrowest of some readings is taken. */
const ATTEMPTS = 5;

/**
 * Counts interrupts of all classes beside the kernel's own counters, and tells line by line of /proc/interrupts and
 * /proc/softirqs what was seen of it. Each reading of the tracer lies between two of the files, which gives the bounds.
 *
 * @throws RangeError for a wrong option; BpfError and its kinds if the kernel refuses; UnsupportedPlatformError where
 * there is no BPF.
 *
 * @example
 * ```ts
 * // kernel
 * import { measureCoverage } from "@irqtrace/interrupts";
 *
 * const { interrupts, lines } = await measureCoverage({ durationMs: 200 });
 * console.log(`${interrupts.traced} of ${interrupts.counted} interrupts`);
 * for (const { label, reason } of lines) if (reason !== null) console.log(label, reason);
 * ```
 */
export async function measureCoverage(options: CoverageOptions = {}): Promise<Coverage> {
  const { durationMs = DEFAULT_MS, signal, flavour, log, onStart } = options;
  if (!(typeof durationMs === "number" && durationMs >= 0 && durationMs <= MAX_MS))
    throw new RangeError(
      `Cannot use the option "durationMs": ${String(durationMs)} is given. Allowed: a number from 0 to ${MAX_MS}.`,
    );
  const tracer = traceInterrupts({ measure: "count", flavour, log });
  try {
    onStart?.(tracer.description);
    const before = read(tracer);
    await sleep(durationMs, signal);
    return coverageBetween(before, read(tracer), tracer.description.absentTracepoints ?? []);
  } finally {
    tracer[Symbol.dispose]();
  }
}

function read(tracer: Tracer<CountedInterruptRow>): CoverageReading {
  const readings = Array.from({ length: ATTEMPTS }, (): CoverageReading => {
    const earliest = readFiles();
    const snapshot = tracer.snapshot();
    return { earliest, snapshot, latest: readFiles() };
  });
  return readings.reduce((best, reading) => (widthOf(reading) < widthOf(best) ? reading : best));
}

const readFiles = (): CoverageReading["earliest"] => ({
  interrupts: parseProcCounts(readFileSync("/proc/interrupts", "utf8")),
  softirqs: parseProcCounts(readFileSync("/proc/softirqs", "utf8")),
});

/** How many interrupts came while it was read. */
function widthOf({ earliest, latest }: CoverageReading): number {
  const total = (files: CoverageReading["earliest"]): number =>
    [...files.interrupts, ...files.softirqs].reduce((sum: number, { count }: ProcLine) => sum + count, 0);
  return total(latest) - total(earliest);
}
