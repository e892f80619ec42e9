import type { Lost, Snapshot } from "@irqtrace/decode";
import { type Combine, type LineSource, type ProcFile, sourceOfLine } from "./coverage-sources.ts";
import { interruptDifference } from "./decode-interrupts.ts";
import type { CountedInterruptRow } from "./interrupt-row.ts";
import type { ProcLine } from "./proc-counts.ts";

/**
 * A line of /proc/interrupts or /proc/softirqs beside what was traced in the same time.
 *
 * @example
 * ```ts
 * import type { CoverageLine } from "@irqtrace/interrupts";
 *
 * const line: CoverageLine = {
 *   file: "interrupts",
 *   label: "LOC",
 *   description: "Local timer interrupts",
 *   least: 250,
 *   most: 252,
 *   traced: 251,
 *   reason: null,
 *   isInterrupt: true,
 * };
 * console.log(line.traced === null || line.traced >= line.least); // true
 * ```
 */
export interface CoverageLine {
  readonly file: "interrupts" | "softirqs";
  /** As the file spells it: "36", "LOC", "NET_RX". */
  readonly label: string;
  /** Handlers of a device, or what the file says of it; "" where it says nothing. */
  readonly description: string;
  /** Between the inner readings of the file: so many came at least while the tracer counted. */
  readonly least: number;
  /** Between the outer readings: no more came. */
  readonly most: number;
  /** What the tracer counted; null where it cannot. */
  readonly traced: number | null;
  /** Why it cannot; null where it can. */
  readonly reason: string | null;
  /** Whether the line counts interrupts that no other line counts: only these are in the shares. */
  readonly isInterrupt: boolean;
}

/**
 * How many of the kernel's interrupts were traced.
 *
 * @example
 * ```ts
 * import type { CoverageShare } from "@irqtrace/interrupts";
 *
 * const { counted, traced }: CoverageShare = { counted: 5_000, traced: 4_990 };
 * console.log(`${((100 * traced) / counted).toFixed(1)} %`); // 99.8 %
 * ```
 */
export interface CoverageShare {
  /** What the kernel counted; where its two bounds leave that open, what is nearest to what was traced. */
  readonly counted: number;
  /** How many of these were traced. */
  readonly traced: number;
}

/**
 * What of all interrupts was traced during some time.
 *
 * @example
 * ```ts
 * import type { Coverage } from "@irqtrace/interrupts";
 *
 * const missing = ({ lines }: Coverage): string[] =>
 *   lines.filter(({ traced, least }) => traced === null || traced < least).map(({ label }) => label);
 * console.log(typeof missing); // function
 * ```
 */
export interface Coverage {
  readonly start: Date;
  /** Between the two readings of the tracer. */
  readonly intervalNs: number;
  readonly lost: Lost;
  /** Of both files, in their order. */
  readonly lines: readonly CoverageLine[];
  readonly interrupts: CoverageShare;
  readonly softirqs: CoverageShare;
}

/** The tracer's counts between two readings of the kernel's. */
export interface CoverageReading {
  readonly earliest: Readonly<Record<ProcFile, readonly ProcLine[]>>;
  readonly snapshot: Snapshot<CountedInterruptRow>;
  readonly latest: Readonly<Record<ProcFile, readonly ProcLine[]>>;
}

/** Compares two readings; `absent` are tracepoints that this kernel lacks. */
export function coverageBetween(before: CoverageReading, after: CoverageReading, absent: readonly string[]): Coverage {
  const { start, intervalNs, lost, rows } = interruptDifference(after.snapshot, before.snapshot);
  const lines = (["interrupts", "softirqs"] as const).flatMap((file) => {
    const earlier = { earliest: countsOf(before.earliest[file]), latest: countsOf(before.latest[file]) };
    const innerEnds = countsOf(after.earliest[file]);
    return after.latest[file].map((line) => {
      const { label, count, rest } = line;
      const least = Math.max(0, (innerEnds.get(label) ?? 0) - (earlier.latest.get(label) ?? 0));
      const most = Math.max(least, count - (earlier.earliest.get(label) ?? 0));
      return { file, label, description: rest, least, most, ...tracedOf(sourceOfLine(file, line, absent), rows) };
    });
  });
  const shareOf = (file: ProcFile): CoverageShare => share(lines.filter((line) => line.file === file));
  return { start, intervalNs, lost, lines, interrupts: shareOf("interrupts"), softirqs: shareOf("softirqs") };
}

const countsOf = (lines: readonly ProcLine[]): ReadonlyMap<string, number> =>
  new Map(lines.map(({ label, count }) => [label, count]));

function tracedOf(
  source: LineSource,
  rows: readonly CountedInterruptRow[],
): Pick<CoverageLine, "traced" | "reason" | "isInterrupt"> {
  if (source.kind === "untraced") return { traced: null, reason: source.reason, isInterrupt: source.isInterrupt };
  const counts = rows.filter(source.matches).map(({ count }) => count);
  return { traced: combine(counts, source.combine), reason: null, isInterrupt: true };
}

const combine = (counts: readonly number[], how: Combine): number =>
  how === "sum" ? counts.reduce((sum, count) => sum + count, 0) : Math.max(0, ...counts);

/**
 * How far a line is accounted for. A line whose handlers ran more often than the kernel counted (an edge that came
 * again meanwhile) is as good as one that agrees.
 *
 * @example
 * ```ts
 * import { lineShare } from "@irqtrace/interrupts";
 *
 * console.log(lineShare({ least: 250, most: 252, traced: 251 })); // { counted: 251, traced: 251 }
 * console.log(lineShare({ least: 250, most: 252, traced: 200 })); // { counted: 250, traced: 200 }
 * ```
 */
export function lineShare({ least, most, traced }: Pick<CoverageLine, "least" | "most" | "traced">): CoverageShare {
  // Of what is not traced as many came as can have come.
  if (traced === null) return { counted: most, traced: 0 };
  const counted = Math.min(Math.max(traced, least), most);
  return { counted, traced: Math.min(traced, counted) };
}

function share(lines: readonly CoverageLine[]): CoverageShare {
  const shares = lines.filter(({ isInterrupt }) => isInterrupt).map(lineShare);
  return {
    counted: shares.reduce((sum, { counted }) => sum + counted, 0),
    traced: shares.reduce((sum, { traced }) => sum + traced, 0),
  };
}
