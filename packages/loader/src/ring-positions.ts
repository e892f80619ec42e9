import { readU64At } from "./ffi.ts";
import { MappedMemory, roundUpToPages } from "./mapped-memory.ts";

/** A ring buffer map to map. */
export interface RingMap {
  readonly name: string;
  readonly fd: number;
  /** Bytes of the ring. */
  readonly maxEntries: number;
}

/**
 * The memory of a ring buffer, as kernel/bpf/ringbuf.c lays it out: a page with the consumer's position, which user space
 * writes, a page with the producers', and the data twice in a row, so that no record is cut by the end.
 */
export class RingPositions implements Disposable {
  readonly consumer: MappedMemory;
  /** The producers' page and the data after it. */
  readonly producer: MappedMemory;
  /** Where the data begin within the producers' memory. */
  readonly dataAt: number;

  constructor({ name, fd, maxEntries }: RingMap) {
    const pageBytes = roundUpToPages(1);
    this.dataAt = pageBytes;
    this.consumer = new MappedMemory({ what: name, fd, byteLength: pageBytes, isWritable: true });
    try {
      const byteLength = pageBytes + 2 * maxEntries;
      this.producer = new MappedMemory({ what: name, fd, byteLength, byteOffset: pageBytes, isWritable: false });
    } catch (error) {
      this.consumer[Symbol.dispose]();
      throw error;
    }
  }

  /** Bytes that were consumed since the map was made. */
  get consumed(): number {
    return positionAt(this.consumer);
  }

  /** Bytes that were reserved since the map was made. */
  get produced(): number {
    return positionAt(this.producer);
  }

  [Symbol.dispose](): void {
    try {
      this.consumer[Symbol.dispose]();
    } finally {
      this.producer[Symbol.dispose]();
    }
  }
}

function positionAt(memory: MappedMemory): number {
  if (memory.isClosed) throw new Error("Cannot read a ring buffer that is closed.");
  // SAFETY: the position lies at the start of the page, which is mapped until it is closed.
  return Number(readU64At(memory.address, 0));
}
