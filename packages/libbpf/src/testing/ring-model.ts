import type { Pointer } from "bun:ffi";
import { GuardedMemory, type Shim } from "./open-shim.ts";

export const BUSY_BIT = 0x8000_0000;
export const DISCARD_BIT = 0x4000_0000;
const HEADER_BYTES = 8;

/** A record as the kernel would leave it. */
export interface ModelRecord {
  readonly bytes: Uint8Array;
  readonly isBusy?: boolean;
  readonly isDiscarded?: boolean;
}

/** A ring buffer in memory of this process, which stands in for the kernel's: it is written here as the kernel does. */
export class ModelRing implements Disposable {
  readonly byteLength: number;
  readonly #shim: Shim;
  readonly #consumer: GuardedMemory;
  readonly #producer: GuardedMemory;
  readonly #data: GuardedMemory;

  constructor(shim: Shim, byteLength: number, startPosition = 0n) {
    this.byteLength = byteLength;
    this.#shim = shim;
    this.#consumer = new GuardedMemory(shim, 8);
    this.#producer = new GuardedMemory(shim, 8);
    this.#data = new GuardedMemory(shim, byteLength);
    this.consumed = startPosition;
    this.produced = startPosition;
  }

  get addresses(): readonly [consumer: Pointer, producer: Pointer, data: Pointer, byteLength: number] {
    return [this.#consumer.address, this.#producer.address, this.#data.address, this.byteLength];
  }

  get consumed(): bigint {
    return viewOf(this.#consumer).getBigUint64(0, true);
  }

  set consumed(position: bigint) {
    viewOf(this.#consumer).setBigUint64(0, position, true);
  }

  get produced(): bigint {
    return viewOf(this.#producer).getBigUint64(0, true);
  }

  set produced(position: bigint) {
    viewOf(this.#producer).setBigUint64(0, position, true);
  }

  get data(): Uint8Array {
    return this.#data.bytes;
  }

  /** Adds a record; false if the ring is too full for it, as bpf_ringbuf_reserve finds out. */
  produce(record: ModelRecord): boolean {
    const taken = takenBytes(record.bytes.length);
    const position = this.produced;
    if (position + BigInt(taken) - this.consumed > BigInt(this.byteLength - 1)) return false;
    record.bytes.forEach((byte, index) => {
      this.#data.bytes[this.#offsetOf(position, HEADER_BYTES + index)] = byte;
    });
    this.setHeader(position, record);
    this.produced = position + BigInt(taken);
    return true;
  }

  /** Writes the header of the record at a position: what reserving and submitting do. */
  setHeader(position: bigint, { bytes, isBusy = false, isDiscarded = false }: ModelRecord): void {
    const bits = (isBusy ? BUSY_BIT : 0) + (isDiscarded ? DISCARD_BIT : 0);
    viewOf(this.#data).setUint32(this.#offsetOf(position, 0), bytes.length + bits, true);
  }

  ready(): number {
    return this.#shim.irqtrace_ring_ready(...this.addresses);
  }

  release(position: bigint): void {
    this.#shim.irqtrace_ring_release(this.#consumer.address, position);
  }

  /** Drains into memory of exactly `outBytes` bytes. */
  drain(outBytes: number): Drained {
    using out = new GuardedMemory(this.#shim, Math.max(outBytes, 8));
    using status = new GuardedMemory(this.#shim, 8);
    const result = this.#shim.irqtrace_ring_drain(...this.addresses, out.address, outBytes, status.address);
    const view = viewOf(status);
    return {
      result,
      state: view.getUint32(0, true),
      neededBytes: view.getUint32(4, true),
      records: recordsIn(out.bytes.slice(0, Math.max(result, 0))),
    };
  }

  [Symbol.dispose](): void {
    for (const memory of [this.#consumer, this.#producer, this.#data]) memory[Symbol.dispose]();
  }

  #offsetOf(position: bigint, plus: number): number {
    return Number((position + BigInt(plus)) % BigInt(this.byteLength));
  }
}

export interface Drained {
  readonly result: number;
  readonly state: number;
  readonly neededBytes: number;
  readonly records: readonly Uint8Array[];
}

/** What a record takes in the ring, and in what drain writes. */
export function takenBytes(length: number): number {
  return HEADER_BYTES + Math.ceil(length / 8) * 8;
}

/** Takes apart what drain wrote; throws where it is not as irqtrace-shim.h has it. */
function recordsIn(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = view.getUint32(at, true);
    const end = at + takenBytes(length);
    const padding = bytes.subarray(at + HEADER_BYTES + length, end);
    if (end > bytes.length || view.getUint32(at + 4, true) !== 0 || padding.some((byte) => byte !== 0)) {
      throw new Error(`The record at byte ${at} of ${bytes.length} is malformed.`);
    }
    records.push(bytes.slice(at + HEADER_BYTES, at + HEADER_BYTES + length));
    at = end;
  }
  return records;
}

function viewOf({ bytes }: GuardedMemory): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
