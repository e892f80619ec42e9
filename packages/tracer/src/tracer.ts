import type { Interval, RawSnapshot, Snapshot } from "@irqtrace/decode";
import type { LibbpfInfo } from "@irqtrace/loader";
import type { Flavour } from "./options.ts";

/**
 * A running trace. Programs are attached from the moment it exists until it is disposed of; the kernel detaches them
 * itself when the process ends, however it ends.
 *
 * @example
 * ```ts
 * // kernel
 * import { traceSoftirqs } from "@irqtrace/softirqs";
 *
 * using tracer = traceSoftirqs();
 * await Bun.sleep(100);
 * for (const row of tracer.snapshot().rows) console.log(row.name, row.count);
 * ```
 */
export interface Tracer<Row> extends Disposable {
  /** What was loaded. */
  readonly description: TracerDescription;
  /**
   * Everything since attach. It does not disturb a running iterator.
   *
   * @throws BpfError if the kernel refuses to be read. TypeError after disposal.
   */
  snapshot(): Snapshot<Row>;
  /** The same as plain bytes, to be decoded elsewhere by the package's `./decode` entry. */
  capture(): RawSnapshot;
  /**
   * One interval after the other, each with the rows that had events in it. An abort yields what the running interval
   * has so far, and ends.
   *
   * @throws TypeError or RangeError for a wrong option; TypeError while another iteration is running.
   */
  intervals(options: IntervalOptions): AsyncIterable<Interval<Row>>;
}

/** How long intervals are, and when they end. */
export interface IntervalOptions {
  /** At least 10. Ticks are multiples of it after the start: lateness does not add up. */
  readonly everyMs: number;
  /** Ends after so many; endless by default. */
  readonly count?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a tracer loaded, for those who want to know. */
export interface TracerDescription {
  readonly flavour: Flavour;
  readonly libbpf: LibbpfInfo;
  readonly programs: readonly string[];
  /** Tracepoints that were looked for and that this kernel lacks. */
  readonly absentTracepoints?: readonly string[];
  readonly maps: readonly { readonly name: string; readonly entries: number; readonly bytes: number }[];
  /** What was asked for and cannot be told here, and why: sentences, none if all is well. */
  readonly notes?: readonly string[];
}

const MIN_INTERVAL_MS = 10;

/** @throws TypeError or RangeError that names the option. */
export function checkIntervalOptions({ everyMs, count, signal }: IntervalOptions): void {
  checkNumber("everyMs", everyMs, {
    isAllowed: (ms) => ms >= MIN_INTERVAL_MS && ms <= Number.MAX_SAFE_INTEGER,
    allowed: `a number, ${MIN_INTERVAL_MS} or more`,
  });
  if (count !== undefined) {
    checkNumber("count", count, {
      isAllowed: (intervals) => Number.isSafeInteger(intervals) && intervals >= 1,
      allowed: "a whole number from 1",
    });
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Cannot use the option "signal": ${String(signal)} is given. Allowed: an AbortSignal.`);
  }
}

interface NumberRule {
  isAllowed(value: number): boolean;
  readonly allowed: string;
}

function checkNumber(name: string, value: unknown, { isAllowed, allowed }: NumberRule): void {
  if (typeof value === "number" && isAllowed(value)) return;
  const shown = typeof value === "string" ? `the string "${value}"` : String(value);
  const message = `Cannot use the option "${name}": ${shown} is given. Allowed: ${allowed}.`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}
