import type { Owner } from "./owner.ts";
import { pollDescriptor } from "./poll-descriptor.ts";
import type { AvailableOptions, ConsumeOptions, RecordHandler, RecordSource, RingBuffer } from "./ring-buffer.ts";

/** The map that is read. */
export interface RingBufferSource {
  readonly name: string;
  readonly fd: number;
  readonly owner: Owner;
}

const MAXIMUM_TIMEOUT_MS = 2 ** 31 - 1;

/** {@link RingBuffer} over any way to read it. */
export class RingBufferReader implements RingBuffer {
  readonly byteLength: number;
  readonly #map: RingBufferSource;
  readonly #records: RecordSource;
  readonly #handle: Disposable;
  readonly #closing = new AbortController();
  #isClosed = false;
  #isConsuming = false;
  #isStuck = false;

  constructor(map: RingBufferSource, records: RecordSource) {
    this.#map = map;
    this.#records = records;
    this.#handle = map.owner.own({
      [Symbol.dispose]: () => {
        this.#closing.abort();
        records[Symbol.dispose]();
      },
    });
    this.byteLength = records.byteLength;
  }

  get pendingBytes(): number {
    this.#assertOpen();
    return this.#records.pendingBytes;
  }

  consume(handler: RecordHandler, { limit = Number.POSITIVE_INFINITY }: ConsumeOptions = {}): number {
    this.#assertOpen();
    if (!(limit > 0)) throw new RangeError(`Cannot consume ${limit} records of "${this.#map.name}": give 1 or more.`);
    if (this.#isConsuming) throw new Error(`Cannot consume "${this.#map.name}" from within its own handler.`);
    this.#isConsuming = true;
    try {
      const count = this.#records.consume(handler, limit);
      this.#isStuck = count === 0 && this.#records.pendingBytes > 0;
      return count;
    } finally {
      this.#isConsuming = false;
    }
  }

  async available({ everyMs = 10, signal }: AvailableOptions = {}): Promise<boolean> {
    if (typeof everyMs !== "number" || !(everyMs >= 1)) {
      throw new RangeError(`Cannot look every ${String(everyMs)} ms: give 1 or more.`);
    }
    const signals = signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal];
    // A loop whose every turn found records at once would run in microtasks alone: neither timers nor aborts would come.
    for (let hasWaited = false; signal?.aborted !== true; hasWaited = true) {
      const isPending = this.pendingBytes > 0;
      if (isPending && hasWaited) return true;
      await (isPending && !this.#isStuck ? nextTask() : pause(everyMs, signals));
      this.#isStuck = false;
    }
    return false;
  }

  block(timeoutMs: number): boolean {
    if (!Number.isInteger(timeoutMs) || timeoutMs < -1 || timeoutMs > MAXIMUM_TIMEOUT_MS) {
      throw new RangeError(`Cannot wait ${timeoutMs} ms: give a whole number from -1 to ${MAXIMUM_TIMEOUT_MS}.`);
    }
    return this.pendingBytes > 0 || pollDescriptor(this.#map.fd, this.#map.name, timeoutMs);
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    if (this.#isConsuming) throw new Error(`Cannot close "${this.#map.name}" from within its own handler.`);
    this.#isClosed = true;
    this.#handle[Symbol.dispose]();
  }

  #assertOpen(): void {
    this.#map.owner.assertOpen("read", this.#map.name);
    if (this.#isClosed) throw new Error(`Cannot read "${this.#map.name}": its ring buffer is closed. Open it again.`);
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    // A timer that is asked for a longer time fires at once.
    const timer = setTimeout(done, Math.min(ms, MAXIMUM_TIMEOUT_MS));
    for (const signal of signals) signal.addEventListener("abort", done);
  });
}
