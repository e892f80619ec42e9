import { errnoCode, errnoMeaning } from "./errno-table.ts";

/** What is known of a failed operation. */
export interface BpfErrorDetails {
  /** A verb with its object's kind, as in `load`, `attach`, `look up an item of`. */
  readonly operation: string;
  /** The name that the message quotes. */
  readonly what: string;
  /** Positive; from the kernel or, from 4000 on, libbpf's own. */
  readonly errno: number;
  /** Replaces the general meaning of the number. */
  readonly why?: string | undefined;
  /** One or more sentences: what to do. */
  readonly hint?: string | undefined;
  /** What libbpf printed during the operation, a line each. */
  readonly libbpfLog?: readonly string[] | undefined;
}

/**
 * libbpf or the kernel refused an operation. The other errors of the kernel ({@link VerifierError},
 * {@link UnsupportedKernelError}) extend it.
 *
 * @example
 * ```ts
 * import { BpfError, openObject } from "@irqtrace/loader";
 *
 * try {
 *   openObject(new Uint8Array(100));
 * } catch (error) {
 *   if (error instanceof BpfError) console.log(error.code, error.libbpfLog);
 * }
 * ```
 */
export class BpfError extends Error {
  override readonly name: string = "BpfError";
  /** What was tried: `open`, `load`, `attach`, … */
  readonly operation: string;
  /** Positive error number; libbpf's own begin at 4000. */
  readonly errno: number;
  /** `EPERM`, `EINVAL`, `LIBBPF_FORMAT`, … */
  readonly code: string;
  /** The lines that libbpf printed during the operation, debug output left out. */
  readonly libbpfLog: readonly string[];
  /** What to do about it, where that is known. */
  readonly hint: string | null;

  constructor(details: BpfErrorDetails) {
    super(describe(details));
    this.operation = details.operation;
    this.errno = details.errno;
    this.code = errnoCode(details.errno);
    this.libbpfLog = details.libbpfLog ?? [];
    this.hint = details.hint ?? null;
  }
}

function describe({ operation, what, errno, why, hint, libbpfLog }: BpfErrorDetails): string {
  const reason = why === undefined ? `${errnoMeaning(errno)} (${errnoCode(errno)})` : why;
  // Where nobody knows better, libbpf's first words: later ones only say that this made something else fail.
  const [words] = why === undefined && hint === undefined ? (libbpfLog ?? []) : [];
  const advice = hint ?? (words === undefined ? "" : `libbpf says: ${words.replace(/^libbpf: /, "")}`);
  return `Cannot ${operation} "${what}": ${reason}.${advice === "" ? "" : ` ${advice}`}`;
}

/** What is known of a program that the verifier refused. */
export interface VerifierErrorDetails extends BpfErrorDetails {
  /** The program's name. */
  readonly program: string;
  /** The verifier's own reason, one line. */
  readonly summary: string;
  /** All of the verifier's output. */
  readonly log: string;
  /** Whether the output was longer than what is kept. */
  readonly truncated: boolean;
}

/**
 * The kernel's verifier refused a program.
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject, VerifierError } from "@irqtrace/loader";
 *
 * try {
 *   openObject(softirqsObject()).load()[Symbol.dispose]();
 * } catch (error) {
 *   if (error instanceof VerifierError) console.error(`${error.program}: ${error.summary}\n${error.log}`);
 * }
 * ```
 */
export class VerifierError extends BpfError {
  override readonly name: string = "VerifierError";
  readonly program: string;
  readonly summary: string;
  readonly log: string;
  readonly truncated: boolean;

  constructor(details: VerifierErrorDetails) {
    super(details);
    this.program = details.program;
    this.summary = details.summary;
    this.log = details.log;
    this.truncated = details.truncated;
  }
}

/** What is known of a feature that the kernel lacks. */
export interface UnsupportedKernelErrorDetails extends BpfErrorDetails {
  /** What the kernel lacks. */
  readonly feature: string;
  /** The first kernel release that has it, if it came with one; `null` if it depends on the kernel's configuration. */
  readonly minimumVersion: string | null;
}

/**
 * This kernel lacks what the object needs.
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject, UnsupportedKernelError } from "@irqtrace/loader";
 *
 * try {
 *   openObject(softirqsObject()).load()[Symbol.dispose]();
 * } catch (error) {
 *   if (error instanceof UnsupportedKernelError) console.error(error.feature, error.minimumVersion);
 * }
 * ```
 */
export class UnsupportedKernelError extends BpfError {
  override readonly name: string = "UnsupportedKernelError";
  readonly feature: string;
  readonly minimumVersion: string | null;

  constructor(details: UnsupportedKernelErrorDetails) {
    super(details);
    this.feature = details.feature;
    this.minimumVersion = details.minimumVersion;
  }
}

/**
 * This machine or this runtime cannot load BPF at all: not Linux, not Bun, or no usable libbpf. Thrown by the functions
 * that need them, never at import.
 *
 * @example
 * ```ts
 * import { libbpf, UnsupportedPlatformError } from "@irqtrace/loader";
 *
 * try {
 *   console.log(libbpf().version);
 * } catch (error) {
 *   if (error instanceof UnsupportedPlatformError) console.log("no BPF here");
 * }
 * ```
 */
export class UnsupportedPlatformError extends Error {
  override readonly name: string = "UnsupportedPlatformError";
}
