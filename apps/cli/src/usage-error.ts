import { escapeControl } from "./escape-control.ts";

/** A wrong command line; the message names the argument, what was given and what is allowed. Ends the program with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What is wrong with which argument, and what is allowed instead. */
export function usageError(problem: string, allowed: string): UsageError {
  return new UsageError(`${problem}; allowed: ${allowed}`);
}

/** An argument whose value is not among those it can take. */
export function wrongValue(argument: string, given: string, allowed: string): UsageError {
  return usageError(`${argument}: got "${escapeControl(given)}"`, allowed);
}
