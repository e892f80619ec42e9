import { CallbackLog } from "./callback-log.ts";
import { type Address, addressOf, readI32At, toAddress } from "./ffi.ts";
import { type FoundLibbpf, findLibbpf, type NativeFunctions } from "./find-libbpf.ts";
import { LIBBPF_DEBUG, LIBBPF_INFO } from "./kernel-constants.ts";
import type { LogCapture, PrintedLine } from "./log-capture.ts";
import { ShimLog } from "./shim-log.ts";

/** Receives a line of libbpf's output, debug lines included. */
export type LogSink = (line: string) => void;

/** What a call into libbpf gave. */
export interface CallOutcome<T> {
  readonly value: T;
  /** Of this thread, right after the call; stale where the call succeeded. */
  readonly errno: number;
  /** Warnings and information that libbpf printed meanwhile. */
  readonly log: readonly string[];
}

/** Calls into libbpf with its output captured. */
export class NativeCalls {
  readonly found: FoundLibbpf;
  readonly functions: NativeFunctions;
  readonly #errnoAddress: Address;
  readonly #capture: LogCapture;

  constructor(found: FoundLibbpf) {
    this.found = found;
    this.functions = found.functions;
    this.#errnoAddress = toAddress(found.functions.__errno_location(), "errno");
    this.#capture = found.shim === null ? new CallbackLog(this) : new ShimLog(found.shim);
  }

  /** errno of this thread: right only directly after a call that failed. */
  errno(): number {
    return readI32At(this.#errnoAddress, 0);
  }

  /** Runs one call, or a few that belong together, and gives back what libbpf printed. */
  run<T>(action: (functions: NativeFunctions) => T, sink?: LogSink): CallOutcome<T> {
    this.#capture.start(sink === undefined ? LIBBPF_INFO : LIBBPF_DEBUG);
    let value: T;
    let errno: number;
    let printed: readonly PrintedLine[];
    try {
      value = action(this.functions);
      errno = this.errno();
    } finally {
      printed = this.#capture.stop();
    }
    // Outside of the call: what a sink throws must not cross C.
    if (sink !== undefined) for (const { text } of printed) tell(sink, text);
    const log = printed.filter(({ level }) => level < LIBBPF_DEBUG).map(({ text }) => text);
    return { value, errno, log };
  }
}

// As with event listeners, a sink's failure is its own: thrown here it would lose what the call returned, a link for
// instance, which then nobody could detach.
function tell(sink: LogSink, line: string): void {
  try {
    sink(line);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

let calls: NativeCalls | undefined;

/** The calls of this thread; opens libbpf when first asked for. */
export function nativeCalls(): NativeCalls {
  calls ??= new NativeCalls(findLibbpf(process.env));
  return calls;
}

/** The address of a whole view. */
export function startOf(view: ArrayBufferView): Address {
  return addressOf(view, 0, view.byteLength);
}
