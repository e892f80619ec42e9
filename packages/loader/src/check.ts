import { BpfError, type BpfErrorDetails } from "./errors.ts";
import { type Address, toAddress } from "./ffi.ts";
import type { CallOutcome } from "./native-calls.ts";

/** What a foreign call was meant to do, for the message of its error. */
export interface Attempt {
  readonly operation: string;
  readonly what: string;
  /** Makes the error; by default a plain {@link BpfError}. */
  readonly explain?: ((details: BpfErrorDetails) => BpfError) | undefined;
}

/**
 * The one check of every foreign integer: libbpf 1.x returns a negative error number on failure. Returns the number
 * otherwise. `tolerated` error numbers are returned too, still negative.
 */
export function checkNumber(outcome: CallOutcome<number>, attempt: Attempt, tolerated: readonly number[] = []): number {
  const { value, errno, log } = outcome;
  if (value >= 0) return value;
  // A bare -1 is libc's way; libbpf would return -EPERM, which is the same number with the same errno.
  const failed = value === -1 && errno > 0 ? errno : -value;
  if (tolerated.includes(failed)) return value;
  throw failure(failed, log, attempt);
}

/** The one check of every foreign address: NULL and MAP_FAILED are failures. */
export function checkAddress(outcome: CallOutcome<unknown>, attempt: Attempt): Address {
  const { value, errno, log } = outcome;
  // MAP_FAILED and other addresses beyond 2^53 arrive as a bigint.
  if (value === null || typeof value === "bigint") throw failure(errno, log, attempt);
  return toAddress(value, attempt.what);
}

/** {@link checkNumber} for libbpf's functions that print nothing, on paths where an outcome would cost too much. */
export function checkResult(result: number, attempt: Attempt, tolerated: readonly number[] = []): number {
  if (result >= 0 || tolerated.includes(-result)) return result;
  throw failure(-result, [], attempt);
}

function failure(errno: number, log: readonly string[], attempt: Attempt): BpfError {
  const details: BpfErrorDetails = { operation: attempt.operation, what: attempt.what, errno, libbpfLog: log };
  return attempt.explain?.(details) ?? new BpfError(details);
}
