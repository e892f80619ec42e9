import type { ObjectSchema } from "@irqtrace/decode";
import { BpfError, type BpfErrorDetails, VerifierError } from "./errors.ts";
import { summarizeVerifierLog } from "./verifier-log.ts";

/** What is known besides the error number. */
export interface LoadFailureContext {
  readonly schema: ObjectSchema;
  readonly verifierLog: string;
}

const REFUSED_PROGRAM = /^libbpf: prog '([^']+)': BPF program load failed/;

/** Makes the error of a failed load out of what libbpf and the verifier said. */
export function explainLoadFailure(details: BpfErrorDetails, context: LoadFailureContext): BpfError {
  const program = firstMatch(details.libbpfLog ?? [], REFUSED_PROGRAM);
  const summary = summarizeVerifierLog(context.verifierLog);
  if (program !== undefined && summary !== "") {
    return new VerifierError({
      ...details,
      operation: "load the program",
      what: program,
      why: `the kernel's verifier refused it: ${summary}`,
      program,
      summary,
      log: context.verifierLog,
      truncated: false,
    });
  }
  return new BpfError(details);
}

function firstMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match?.[1] !== undefined) return match[1];
  }
  return undefined;
}
