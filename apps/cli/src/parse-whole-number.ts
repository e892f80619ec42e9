import { wrongValue } from "./usage-error.ts";

export const ALLOWED_WHOLE_NUMBER = "a whole number, 1 or more";

/** @throws {UsageError} for anything but plain decimal digits of a safe integer from 1 */
export function parseWholeNumber(argument: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= Number.MAX_SAFE_INTEGER)) {
    throw wrongValue(argument, text, ALLOWED_WHOLE_NUMBER);
  }
  return value;
}
