import { checkOptions, type TracerOptions } from "@irqtrace/tracer";
import { SLOW_CLASSES, type SlowClass } from "./slow-event.ts";
import type { SlowBatchOptions } from "./slow-tracer.ts";

/** What {@link traceSlow} can be asked for. Every option may be left out or `undefined`. */
export interface SlowOptions extends Pick<TracerOptions, "cpus" | "cgroup" | "flavour" | "log"> {
  /** Nanoseconds that a run or wait takes at least to be reported; 100,000 by default. */
  readonly overNs?: number | undefined;
  /** Only these; all that this kernel has by default. */
  readonly classes?: readonly SlowClass[] | undefined;
  /** Gives the kernel's stack with each event. */
  readonly stack?: boolean | undefined;
  /**
   * Events that one CPU may report in 100 ms; the others are counted. By default 1000, and less where there are many CPUs.
   */
  readonly eventLimit?: number | undefined;
}

/** Nanoseconds. */
export const DEFAULT_OVER_NS = 100_000;

/** @throws TypeError or RangeError for what the types do not catch, before anything is loaded. */
export function checkSlowOptions(options: SlowOptions): void {
  const { overNs, classes, stack, eventLimit, cpus, cgroup, flavour, log } = options;
  checkOptions({ cpus, cgroup, flavour, log });
  wholeNumber("overNs", overNs, 0);
  wholeNumber("eventLimit", eventLimit, 1);
  if (stack !== undefined && typeof stack !== "boolean") throw new TypeError(wrong("stack", stack, "true or false"));
  if (classes === undefined) return;
  const allowed = `an array of ${SLOW_CLASSES.map((name) => `"${name}"`).join(", ")}`;
  if (!Array.isArray(classes)) throw new TypeError(wrong("classes", classes, allowed));
  const unknown = classes.find((name) => !SLOW_CLASSES.includes(name));
  if (unknown !== undefined || classes.length === 0)
    throw new RangeError(wrong("classes", unknown ?? "an empty array", allowed));
}

/** @throws TypeError or RangeError for what the types do not catch. */
export function checkBatchOptions({ everyMs, signal }: SlowBatchOptions): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(wrong("signal", signal, "an AbortSignal"));
  if (everyMs === undefined) return;
  const message = wrong("everyMs", everyMs, "a number from 1");
  if (typeof everyMs !== "number") throw new TypeError(message);
  if (!(everyMs >= 1 && everyMs <= Number.MAX_SAFE_INTEGER)) throw new RangeError(message);
}

function wholeNumber(name: string, value: unknown, least: number): void {
  if (value === undefined) return;
  const message = wrong(name, value, `a whole number from ${least}`);
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(message);
}

function wrong(name: string, value: unknown, allowed: string): string {
  const shown = typeof value === "string" ? `"${value}"` : String(value);
  return `Cannot use the option "${name}": ${shown} is given. Allowed: ${allowed}.`;
}
