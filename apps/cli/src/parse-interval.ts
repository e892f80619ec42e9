import { wrongValue } from "./usage-error.ts";

const MIN_MS = 10;
const MAX_MS = 1_000_000_000;
const DURATION = /^(?<amount>\d+(?:\.\d+)?|\.\d+)(?<unit>ms|s)?$/;

export const ALLOWED_INTERVAL = "seconds (1, 0.5) or a number with a unit (100ms, 5s), from 10ms to 1000000s";

/**
 * Milliseconds of an interval as it is written on the command line.
 *
 * @throws {UsageError} for anything but a plain decimal number with an optional `ms` or `s`, or out of range
 */
export function parseInterval(text: string, argument = "interval"): number {
  const match = DURATION.exec(text)?.groups;
  const amount = Number(match?.["amount"] ?? Number.NaN);
  const ms = match?.["unit"] === "ms" ? amount : amount * 1000;
  // The comparison is false for NaN too.
  if (!(ms >= MIN_MS && ms <= MAX_MS)) throw wrongValue(argument, text, ALLOWED_INTERVAL);
  // 1.001 s must be 1001 ms, not 1000.9999999999999.
  return Math.round(ms * 1e6) / 1e6;
}
