import { type Address, readU32At, toAddress } from "./ffi.ts";
import { BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT, BPF_RINGBUF_HDR_SZ } from "./kernel-constants.ts";
import type { RecordHandler, RecordSource } from "./ring-buffer.ts";
import { type RingMap, RingPositions } from "./ring-positions.ts";

const LENGTH_MASK = 0x3fff_ffff;
const TWO_TO_32 = 2 ** 32;

/** What a processor needs that reorders loads and stores. */
export interface OrderedAccess {
  /** Bytes of complete records from the consumer's position on; negative where the ring is damaged. */
  irqtrace_ring_ready(consumer: Address, producer: Address, data: Address, byteLength: number): number;
  irqtrace_ring_release(consumer: Address, position: bigint): void;
}

/**
 * Reads a ring buffer through its memory. Plain loads suffice on x86, which keeps loads in order and stores after them:
 * a record's header is read after the position that covers it, its bytes after the header that says they are complete.
 * Elsewhere the shim says up to where records are complete, and gives them back.
 */
export class MappedRing implements RecordSource {
  readonly byteLength: number;
  readonly #name: string;
  readonly #positions: RingPositions;
  readonly #view: DataView;
  readonly #low: Uint32Array;
  readonly #whole: BigUint64Array;
  readonly #data: Address;
  readonly #ordered: OrderedAccess | null;
  #readyTo = 0;

  constructor(map: RingMap, ordered: OrderedAccess | null = null) {
    this.byteLength = map.maxEntries;
    this.#name = map.name;
    this.#positions = new RingPositions(map);
    const { consumer, producer, dataAt } = this.#positions;
    this.#view = new DataView(producer.buffer, dataAt, 2 * map.maxEntries);
    this.#low = new Uint32Array(consumer.buffer, 0, 1);
    this.#whole = new BigUint64Array(consumer.buffer, 0, 1);
    this.#data = toAddress(producer.address + dataAt, "the records");
    this.#ordered = ordered;
  }

  get pendingBytes(): number {
    return this.#positions.produced - this.#positions.consumed;
  }

  consume(handler: RecordHandler, limit: number): number {
    const { producer, dataAt, produced: end } = this.#positions;
    let position = this.#positions.consumed;
    let count = 0;
    while (position < end && count < limit && this.#isReady(position)) {
      const offset = position % this.byteLength;
      // SAFETY: the offset lies within the ring, whose data follow the producers' page.
      const header = readU32At(producer.address, dataAt + offset);
      if (header >= BPF_RINGBUF_BUSY_BIT) break; // reserved, not yet submitted: those after it wait, to keep the order
      const length = header & LENGTH_MASK;
      const next = position + Math.ceil((length + BPF_RINGBUF_HDR_SZ) / BPF_RINGBUF_HDR_SZ) * BPF_RINGBUF_HDR_SZ;
      if (next > end) throw this.#damage();
      try {
        if ((header & BPF_RINGBUF_DISCARD_BIT) === 0) {
          count++;
          handler(this.#view, offset + BPF_RINGBUF_HDR_SZ, length);
        }
      } finally {
        if (!producer.isClosed) this.#advance(position, next);
      }
      // The handler may have closed the object, and with it this memory.
      if (producer.isClosed) break;
      position = next;
    }
    return count;
  }

  [Symbol.dispose](): void {
    this.#positions[Symbol.dispose]();
  }

  // Asked once for all that is there: where few are consumed at a time, the rest need not be looked at again.
  #isReady(position: number): boolean {
    if (this.#ordered === null || position < this.#readyTo) return true;
    const { consumer, producer } = this.#positions;
    // SAFETY: the pages and the data behind them stay mapped until they are closed, which consume() looks out for.
    const bytes = this.#ordered.irqtrace_ring_ready(consumer.address, producer.address, this.#data, this.byteLength);
    if (bytes < 0) throw this.#damage();
    this.#readyTo = position + bytes;
    return bytes > 0;
  }

  #damage(): Error {
    return new Error(`Cannot read "${this.#name}": a record reaches beyond what was written.`);
  }

  #advance(from: number, to: number): void {
    // SAFETY: the page stays mapped until it is closed, which consume() looks out for.
    if (this.#ordered !== null) this.#ordered.irqtrace_ring_release(this.#positions.consumer.address, BigInt(to));
    // The kernel reads the position as 64 bits. A store of the lower half is as good, unless the upper half changes too.
    else if (Math.floor(from / TWO_TO_32) === Math.floor(to / TWO_TO_32)) this.#low[0] = to % TWO_TO_32;
    else Atomics.store(this.#whole, 0, BigInt(to));
  }
}
