import { BpfError, type BpfErrorDetails } from "./errors.ts";

/** Makes the error of a failed attach out of what libbpf said. */
export function explainAttachFailure(details: BpfErrorDetails): BpfError {
  return new BpfError(details);
}
