import { closeSync, existsSync, openSync } from "node:fs";
import { EINTR } from "./errno-table.ts";
import { type Address, addressOf, createCallback, readI32At, scratch, toAddress } from "./ffi.ts";
import { type FoundLibbpf, findLibbpf, type NativeFunctions } from "./find-libbpf.ts";
import { LIBBPF_DEBUG } from "./kernel-constants.ts";

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

interface PrintedLine {
  readonly level: number;
  readonly text: string;
}

const PRINT_BUFFER_BYTES = 64 * 1024;
const LOCK_EX = 2;
// Its inode belongs to this process alone and is the same for all of its threads.
const PROCESS_LOCK_PATH = "/proc/self/maps";

/**
 * Calls into libbpf with its output captured. libbpf has one print callback per process and a callback may run on the
 * thread that made it alone, so each call installs this thread's, under a lock that all Workers share.
 */
export class NativeCalls {
  readonly found: FoundLibbpf;
  readonly functions: NativeFunctions;
  readonly #errnoAddress: Address;
  readonly #canLock = existsSync(PROCESS_LOCK_PATH);
  readonly #printBuffer = scratch(PRINT_BUFFER_BYTES);
  readonly #decoder = new TextDecoder();
  readonly #printAddress: Address;
  #printed: PrintedLine[] = [];
  #keepsDebug = false;

  constructor(found: FoundLibbpf) {
    this.found = found;
    this.functions = found.functions;
    this.#errnoAddress = toAddress(found.functions.__errno_location(), "errno");
    // Never closed: it lives as long as the thread.
    this.#printAddress = createCallback(
      (level: number, format: unknown, values: unknown) => this.#print(level, format, values),
      { args: ["i32", "ptr", "ptr"], returns: "i32" },
    ).address;
  }

  /** errno of this thread: right only directly after a call that failed. */
  errno(): number {
    return readI32At(this.#errnoAddress, 0);
  }

  /** Runs one call, or a few that belong together, and gives back what libbpf printed. */
  run<T>(action: (functions: NativeFunctions) => T, sink?: LogSink): CallOutcome<T> {
    const { functions } = this;
    const lock = this.#lock();
    const previous = functions.libbpf_set_print(this.#printAddress);
    this.#printed = [];
    this.#keepsDebug = sink !== undefined;
    let value: T;
    let errno: number;
    try {
      value = action(functions);
      errno = this.errno();
    } finally {
      functions.libbpf_set_print(previous);
      if (lock !== null) closeSync(lock);
    }
    const printed = this.#printed;
    // Outside of the call: what a sink throws must not cross C.
    if (sink !== undefined) for (const { text } of printed) tell(sink, text);
    const log = printed.filter(({ level }) => level < LIBBPF_DEBUG).map(({ text }) => text);
    return { value, errno, log };
  }

  #print(level: number, format: unknown, values: unknown): number {
    if (level >= LIBBPF_DEBUG && !this.#keepsDebug) return 0;
    // SAFETY: libbpf hands a printf format and the va_list that belongs to it, which is passed by address on x86-64 and
    // arm64; vsnprintf writes at most the buffer's size and consumes the list once.
    const length = this.functions.vsnprintf(
      this.#printBuffer,
      PRINT_BUFFER_BYTES,
      toAddress(format, "a format"),
      toAddress(values, "a va_list"),
    );
    const kept = Math.min(Math.max(length, 0), PRINT_BUFFER_BYTES - 1);
    const text = this.#decoder.decode(this.#printBuffer.subarray(0, kept)).trimEnd();
    for (const line of text.split("\n")) this.#printed.push({ level, text: line });
    return 0;
  }

  // Opened anew each time: a Worker ends without closing what it holds.
  #lock(): number | null {
    if (!this.#canLock) return null;
    const fd = openSync(PROCESS_LOCK_PATH, "r");
    while (this.functions.flock(fd, LOCK_EX) !== 0) {
      const errno = this.errno();
      if (errno === EINTR) continue;
      closeSync(fd);
      throw new Error(`Cannot lock "${PROCESS_LOCK_PATH}": error ${errno}`);
    }
    return fd;
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
