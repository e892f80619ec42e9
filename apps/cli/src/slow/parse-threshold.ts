import { wrongValue } from "../usage-error.ts";

const THRESHOLD = /^(?<amount>\d+(?:\.\d+)?|\.\d+)(?<unit>ns|us|µs|ms|s)$/;
const UNITS: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
]);
const MAX_NS = 1e12;

export const ALLOWED_THRESHOLD = "a number with a unit (500ns, 100us, 1.5ms, 2s), up to 1000s, or 0";

/**
 * Nanoseconds of a threshold as it is written on the command line.
 *
 * @throws {UsageError} for anything but 0 or a plain decimal number with a unit, or out of range
 */
export function parseThreshold(text: string): number {
  const match = text === "0" ? { amount: "0", unit: "ns" } : THRESHOLD.exec(text)?.groups;
  const ns = Number(match?.["amount"] ?? Number.NaN) * (UNITS.get(match?.["unit"] ?? "") ?? Number.NaN);
  // The comparison is false for NaN too. 1.001us is 1001 ns, not 1000.9999999999999.
  if (!(ns <= MAX_NS)) throw wrongValue("--over", text, ALLOWED_THRESHOLD);
  return Math.round(ns);
}
