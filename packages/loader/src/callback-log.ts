import { closeSync, existsSync, openSync } from "node:fs";
import { EAGAIN, EINTR } from "./errno-table.ts";
import { type Address, createCallback, scratch, toAddress } from "./ffi.ts";
import type { NativeFunctions } from "./find-libbpf.ts";
import { type LogCapture, linesOf, type PrintedLine } from "./log-capture.ts";

const PRINT_BUFFER_BYTES = 64 * 1024;
const LOCK_EX = 2;
const LOCK_NB = 4;
/** How long the verifier may take on another thread, and more. */
const LONGEST_CALL_MS = 10_000;
const LONGEST_NAP_MS = 5;
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
 *
 * A Worker that is terminated within a call never gives the lock back. Who has waited for it longer than any call takes
 * goes on without it, and then without waiting for as long as it is held: what libbpf says meanwhile is lost.
 */
export class CallbackLog implements LogCapture {
  readonly #calls: CallbackLogCalls;
  readonly #longestWaitMs: number;
  readonly #canLock = existsSync(PROCESS_LOCK_PATH);
  readonly #printBuffer = scratch(PRINT_BUFFER_BYTES);
  readonly #decoder = new TextDecoder();
  // Nobody wakes who waits on it: a nap shorter than a timer's millisecond.
  readonly #never = new Int32Array(new SharedArrayBuffer(4));
  readonly #printAddress: Address;
  #printed: PrintedLine[] = [];
  #maxLevel = 0;
  #isCapturing = false;
  #lock: number | null = null;
  #previous: PrintFunction = null;
  #waitMs: number;

  constructor(calls: CallbackLogCalls, longestWaitMs: number = LONGEST_CALL_MS) {
    this.#calls = calls;
    this.#longestWaitMs = longestWaitMs;
    this.#waitMs = longestWaitMs;
    // Never closed: it lives as long as the thread.
    this.#printAddress = createCallback(
      (level: number, format: unknown, values: unknown) => this.#print(level, format, values),
      { args: ["i32", "ptr", "ptr"], returns: "i32" },
    ).address;
  }

  start(maxLevel: number): void {
    this.#printed = [];
    this.#maxLevel = maxLevel;
    this.#isCapturing = !this.#canLock || this.#takeLock();
    // Without the lock, what is installed belongs to the thread that holds it: this one must not call it.
    const previous = this.#calls.functions.libbpf_set_print(this.#isCapturing ? this.#printAddress : null);
    if (this.#isCapturing) this.#previous = previous;
  }

  stop(): readonly PrintedLine[] {
    if (!this.#isCapturing) return [];
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
  #takeLock(): boolean {
    const fd = openSync(PROCESS_LOCK_PATH, "r");
    const isTaken = this.#waitForLock(fd);
    if (isTaken) this.#lock = fd;
    else closeSync(fd);
    this.#waitMs = isTaken ? this.#longestWaitMs : 0;
    return isTaken;
  }

  #waitForLock(fd: number): boolean {
    let deadline: number | undefined;
    for (let napMs = 0.05; this.#calls.functions.flock(fd, LOCK_EX | LOCK_NB) !== 0; ) {
      const errno = this.#calls.errno();
      if (errno === EINTR) continue;
      if (errno !== EAGAIN) {
        closeSync(fd);
        throw new Error(`Cannot lock "${PROCESS_LOCK_PATH}": error ${errno}`);
      }
      deadline ??= performance.now() + this.#waitMs;
      if (performance.now() >= deadline) return false;
      Atomics.wait(this.#never, 0, 0, napMs);
      napMs = Math.min(2 * napMs, LONGEST_NAP_MS);
    }
    return true;
  }
}
