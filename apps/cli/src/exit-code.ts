import { ClosedOutputError } from "./closed-output-error.ts";
import type { Environment } from "./environment.ts";
import { quoteArgument } from "./quote-argument.ts";
import { UsageError } from "./usage-error.ts";

export const EXIT_CODE = { done: 0, failed: 1, usage: 2, notPermitted: 3, unsupported: 4, interrupted: 130 } as const;

/** How the program ends: its exit code, and what it says on stderr (nothing where the end is no failure). */
export interface Outcome {
  readonly code: number;
  readonly message: string;
}

const PERMISSION_CODES: readonly string[] = ["EPERM", "EACCES"];

/** The one place where an error becomes an exit code and a message. */
export async function outcomeOf(error: unknown, words: readonly string[], environment: Environment): Promise<Outcome> {
  if (error instanceof ClosedOutputError) return { code: EXIT_CODE.done, message: "" };
  if (error instanceof UsageError) return { code: EXIT_CODE.usage, message: `irqtrace: ${error.message}\n` };
  // Whatever else is thrown comes out of the tracers: the loader is in memory already.
  const { UnsupportedKernelError, UnsupportedPlatformError, VerifierError } = await import("@irqtrace/loader");
  if (error instanceof UnsupportedKernelError) {
    return { code: EXIT_CODE.unsupported, message: `irqtrace: ${error.message}\n${pointToDoctor(environment)}` };
  }
  if (error instanceof UnsupportedPlatformError) {
    return { code: EXIT_CODE.unsupported, message: `irqtrace: ${error.message}\n` };
  }
  // The verifier says EACCES as well, but no capability would change its mind.
  if (!(error instanceof VerifierError) && isPermissionError(error)) {
    return { code: EXIT_CODE.notPermitted, message: await explainPermission(error, words, environment) };
  }
  return { code: EXIT_CODE.failed, message: `irqtrace: ${error instanceof Error ? error.message : String(error)}\n` };
}

/** True for errors of the loader and of the file system alike. */
function isPermissionError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && PERMISSION_CODES.some((code) => code === error.code);
}

async function explainPermission(error: Error, words: readonly string[], environment: Environment): Promise<string> {
  const missing = await environment.missingCapabilities();
  if (missing.length === 0) {
    return `irqtrace: not permitted, although no capability is missing: ${error.message}\n${pointToDoctor(environment)}`;
  }
  const command = ["sudo", ...environment.program, ...words].map(quoteArgument).join(" ");
  const problem = `irqtrace: not permitted: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing.`;
  if (environment.userId !== 0) return `${problem} Run instead:\n  ${command}\n`;
  return `${problem} This is root without them, as in a container: grant them there, or outside of it run:\n  ${command}\n${pointToDoctor(environment)}`;
}

/** For what no single command mends: one that shows everything that tracing takes. */
function pointToDoctor({ program, userId }: Environment): string {
  const command = [...(userId === 0 ? [] : ["sudo"]), ...program, "doctor"].map(quoteArgument).join(" ");
  return `What tracing takes and what of it is missing here is told by:\n  ${command}\n`;
}
