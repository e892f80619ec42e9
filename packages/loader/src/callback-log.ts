import { closeSync, existsSync, openSync } from "node:fs";
import { EINTR } from "./errno-table.ts";
import { type Address, createCallback, scratch, toAddress } from "./ffi.ts";
import type { NativeFunctions } from "./find-libbpf.ts";
import { type LogCapture, linesOf, type PrintedLine } from "./log-capture.ts";

const PRINT_BUFFER_BYTES = 64 * 1024;
const LOCK_EX = 2;
// Its inode belongs to this process alone and is the same for all of its threads.
const PROCESS_LOCK_PATH = "/proc/self/maps";

/** What {@link CallbackLog} calls. */
export interface CallbackLogCalls {
  readonly functions: Pick<NativeFunctions, "flock" | "libbpf_set_print" | "vsnprintf">;
  errno(): number;
}

type PrintFunction = ReturnType<NativeFunctions["libbpf_set_print"]>;

/**
 * The output of a libbpf without the shim. It has one print callback per process and a callback may run on the thread
 * that made it alone, so each capture installs this thread's, under a lock that all Workers share.
 */
export class CallbackLog implements LogCapture {
  readonly #calls: CallbackLogCalls;
  readonly #canLock = existsSync(PROCESS_LOCK_PATH);
  readonly #printBuffer = scratch(PRINT_BUFFER_BYTES);
  readonly #decoder = new TextDecoder();
  readonly #printAddress: Address;
  #printed: PrintedLine[] = [];
  #maxLevel = 0;
  #lock: number | null = null;
  #previous: PrintFunction = null;

  constructor(calls: CallbackLogCalls) {
    this.#calls = calls;
    // Never closed: it lives as long as the thread.
    this.#printAddress = createCallback(
      (level: number, format: unknown, values: unknown) => this.#print(level, format, values),
      { args: ["i32", "ptr", "ptr"], returns: "i32" },
    ).address;
  }

  start(maxLevel: number): void {
    this.#printed = [];
    this.#maxLevel = maxLevel;
    this.#lock = this.#takeLock();
    this.#previous = this.#calls.functions.libbpf_set_print(this.#printAddress);
  }

  stop(): readonly PrintedLine[] {
    this.#calls.functions.libbpf_set_print(this.#previous);
    if (this.#lock !== null) closeSync(this.#lock);
    this.#lock = null;
    return this.#printed;
  }

  #print(level: number, format: unknown, values: unknown): number {
    if (level > this.#maxLevel) return 0;
    // SAFETY: libbpf hands a printf format and the va_list that belongs to it, which is passed by address on x86-64 and
    // arm64; vsnprintf writes at most the buffer's size and consumes the list once.
    const length = this.#calls.functions.vsnprintf(
      this.#printBuffer,
      PRINT_BUFFER_BYTES,
      toAddress(format, "a format"),
      toAddress(values, "a va_list"),
    );
    const kept = Math.min(Math.max(length, 0), PRINT_BUFFER_BYTES - 1);
    this.#printed.push(...linesOf(level, this.#decoder.decode(this.#printBuffer.subarray(0, kept))));
    return 0;
  }

  // Opened anew each time: a Worker ends without closing what it holds.
  #takeLock(): number | null {
    if (!this.#canLock) return null;
    const fd = openSync(PROCESS_LOCK_PATH, "r");
    while (this.#calls.functions.flock(fd, LOCK_EX) !== 0) {
      const errno = this.#calls.errno();
      if (errno === EINTR) continue;
      closeSync(fd);
      throw new Error(`Cannot lock "${PROCESS_LOCK_PATH}": error ${errno}`);
    }
    return fd;
  }
}
