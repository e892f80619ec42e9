import { checkAddress, checkResult } from "./check.ts";
import { type Address, createCallback, detach, memoryAt, toAddress } from "./ffi.ts";
import { BPF_RINGBUF_HDR_SZ } from "./kernel-constants.ts";
import { nativeCalls } from "./native-calls.ts";
import type { RecordHandler, RecordSource } from "./ring-buffer.ts";
import { type RingMap, RingPositions } from "./ring-positions.ts";

const ECANCELED = 125;

/** Reads a ring buffer through libbpf, which calls back for each record: right on every processor, but slower. */
export class CallbackRing implements RecordSource {
  readonly byteLength: number;
  readonly #name: string;
  readonly #positions: RingPositions;
  readonly #address: Address;
  readonly #callback: ReturnType<typeof createCallback>;
  #handler: RecordHandler | null = null;
  #failure: { readonly error: unknown } | null = null;
  #isConsuming = false;
  #isClosed = false;
  #recordsLeft = 0;
  #bytesLeft = 0;
  #count = 0;

  constructor(map: RingMap) {
    this.byteLength = map.maxEntries;
    this.#name = map.name;
    this.#positions = new RingPositions(map);
    this.#callback = createCallback(
      (_context: unknown, data: unknown, length: bigint | number) => this.#receive(data, Number(length)),
      { args: ["ptr", "ptr", "u64"], returns: "i32" },
    );
    try {
      const outcome = nativeCalls().run((functions) =>
        functions.ring_buffer__new(map.fd, this.#callback.address, null, null),
      );
      this.#address = checkAddress(outcome, { operation: "read the ring buffer", what: map.name });
    } catch (error) {
      this.#callback.close();
      this.#positions[Symbol.dispose]();
      throw error;
    }
  }

  get pendingBytes(): number {
    return this.#positions.produced - this.#positions.consumed;
  }

  consume(handler: RecordHandler, limit: number): number {
    this.#bytesLeft = this.pendingBytes;
    if (this.#bytesLeft === 0) return 0;
    this.#handler = handler;
    this.#failure = null;
    this.#recordsLeft = limit;
    this.#count = 0;
    this.#isConsuming = true;
    // SAFETY: libbpf calls back during this call alone, on this thread, and nothing is freed before it returns.
    const result = nativeCalls().functions.ring_buffer__consume(this.#address);
    this.#isConsuming = false;
    this.#handler = null;
    if (this.#isClosed) this.#free();
    this.#throwFailure();
    checkResult(result, { operation: "read the ring buffer", what: this.#name }, [ECANCELED]);
    return this.#count;
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // A handler may close the object, and with it this ring, in the middle of libbpf's reading it.
    if (!this.#isConsuming) this.#free();
  }

  #free(): void {
    // SAFETY: whoever holds this ring asks whether it is closed before each use.
    nativeCalls().run((functions) => functions.ring_buffer__free(this.#address));
    this.#callback.close();
    this.#positions[Symbol.dispose]();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  // Nothing may be thrown across C: a failure stops the call and is thrown after it. So does the end of what was there
  // when the call began; libbpf would go on for as long as there is more.
  #receive(data: unknown, length: number): number {
    this.#count++;
    this.#recordsLeft--;
    this.#bytesLeft -= Math.ceil((length + BPF_RINGBUF_HDR_SZ) / BPF_RINGBUF_HDR_SZ) * BPF_RINGBUF_HDR_SZ;
    try {
      this.#hand(toAddress(data, "a record"), length);
    } catch (error) {
      this.#failure = { error };
      return -ECANCELED;
    }
    return this.#recordsLeft > 0 && this.#bytesLeft > 0 && !this.#isClosed ? 0 : -ECANCELED;
  }

  #hand(address: Address, length: number): void {
    // SAFETY: libbpf keeps the record's bytes until the callback returns; the buffer is empty before that.
    const buffer = length === 0 ? new ArrayBuffer(0) : memoryAt(address, length);
    try {
      this.#handler?.(new DataView(buffer), 0, length);
    } finally {
      detach(buffer);
    }
  }
}
