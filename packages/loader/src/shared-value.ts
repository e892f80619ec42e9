import { type Address, readU8At, readU16At, readU32At, readU64At } from "./ffi.ts";
import type { MappedMemory } from "./mapped-memory.ts";

/** What turns bytes into values and back. */
export interface ValueCodec<T> {
  readonly size: number;
  decode(view: DataView, byteOffset: number): T;
  encode(value: T, view: DataView, byteOffset: number): void;
}

/** Reads and writes values of one type in memory that others use meanwhile. */
export interface SharedValue<T> {
  read(byteOffset: number): T;
  /** Changes nothing if the codec refuses the value. */
  write(byteOffset: number, value: T): void;
}

/**
 * Values at places in mapped memory. Codecs write field by field, over zeros, and plain reads of shared memory are
 * hoisted out of hot loops: so they work on a copy, and those of 1, 2, 4 and 8 bytes are loaded and stored whole.
 *
 * @param isAligned whether all places are multiples of the value's size
 */
export function sharedValue<T>(memory: MappedMemory, codec: ValueCodec<T>, isAligned: boolean): SharedValue<T> {
  const cell = isAligned ? cellOf(memory, codec.size) : null;
  return cell === null ? new CopiedValue(memory, codec) : new WholeValue(codec, cell);
}

// One copy for reads and one for writes: what is encoded may have getters, which may read.
class CopiedValue<T> implements SharedValue<T> {
  readonly #codec: ValueCodec<T>;
  readonly #shared: Uint8Array;
  readonly #read: DataView;
  readonly #written: DataView;

  constructor(memory: MappedMemory, codec: ValueCodec<T>) {
    this.#codec = codec;
    this.#shared = new Uint8Array(memory.buffer);
    this.#read = new DataView(new ArrayBuffer(codec.size));
    this.#written = new DataView(new ArrayBuffer(codec.size));
  }

  read(byteOffset: number): T {
    const end = byteOffset + this.#codec.size;
    new Uint8Array(this.#read.buffer).set(this.#shared.subarray(byteOffset, end));
    return this.#codec.decode(this.#read, 0);
  }

  write(byteOffset: number, value: T): void {
    this.#codec.encode(value, this.#written, 0);
    this.#shared.set(new Uint8Array(this.#written.buffer), byteOffset);
  }
}

class WholeValue<T> implements SharedValue<T> {
  readonly #codec: ValueCodec<T>;
  readonly #cell: Cell;
  readonly #read: DataView;
  readonly #written: DataView;

  constructor(codec: ValueCodec<T>, cell: Cell) {
    this.#codec = codec;
    this.#cell = cell;
    this.#read = new DataView(new ArrayBuffer(codec.size));
    this.#written = new DataView(new ArrayBuffer(codec.size));
  }

  read(byteOffset: number): T {
    this.#cell.load(byteOffset, this.#read);
    return this.#codec.decode(this.#read, 0);
  }

  write(byteOffset: number, value: T): void {
    this.#codec.encode(value, this.#written, 0);
    this.#cell.store(byteOffset, this.#written);
  }
}

/** Memory as cells of one size. */
interface Cell {
  /** Copies the cell to the start of the view in one load. */
  load(byteOffset: number, into: DataView): void;
  /** Copies the start of the view to the cell in one store. */
  store(byteOffset: number, from: DataView): void;
}

function cellOf({ address, buffer }: MappedMemory, size: number): Cell | null {
  switch (size) {
    case 1:
      return byteCell(address, new Uint8Array(buffer));
    case 2:
      return halfWordCell(address, new Uint16Array(buffer));
    case 4:
      return wordCell(address, new Uint32Array(buffer));
    case 8:
      return doubleWordCell(address, new BigUint64Array(buffer));
    default:
      return null;
  }
}

// SAFETY, of all cells: who uses them checked that the place lies within the memory, and that it is not closed.
const byteCell = (address: Address, cells: Uint8Array): Cell => ({
  load: (byteOffset, into) => into.setUint8(0, readU8At(address, byteOffset)),
  store: (byteOffset, from) => void Atomics.store(cells, byteOffset, from.getUint8(0)),
});

const halfWordCell = (address: Address, cells: Uint16Array): Cell => ({
  load: (byteOffset, into) => into.setUint16(0, readU16At(address, byteOffset), true),
  store: (byteOffset, from) => void Atomics.store(cells, byteOffset / 2, from.getUint16(0, true)),
});

const wordCell = (address: Address, cells: Uint32Array): Cell => ({
  load: (byteOffset, into) => into.setUint32(0, readU32At(address, byteOffset), true),
  store: (byteOffset, from) => void Atomics.store(cells, byteOffset / 4, from.getUint32(0, true)),
});

const doubleWordCell = (address: Address, cells: BigUint64Array): Cell => ({
  load: (byteOffset, into) => into.setBigUint64(0, readU64At(address, byteOffset), true),
  store: (byteOffset, from) => void Atomics.store(cells, byteOffset / 8, from.getBigUint64(0, true)),
});
