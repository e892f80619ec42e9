import type { TypeLayout, Value } from "@irqtrace/decode";
import { codec } from "@irqtrace/decode";
import type { MappedMemory } from "./mapped-memory.ts";
import type { Owner } from "./owner.ts";
import { type SharedValue, sharedValue } from "./shared-value.ts";

/**
 * The items of an mmapable array map, shared with the kernel: reads see what programs write, writes are seen by them.
 * Values of 1, 2, 4 and 8 bytes are read and written whole; others may be read while a program writes them. A value that
 * does not fit is refused and changes nothing.
 *
 * @example
 * ```ts
 * import type { LiveArray } from "@irqtrace/loader";
 *
 * function sum(cells: LiveArray<number>): number {
 *   let total = 0;
 *   for (let index = 0; index < cells.length; index++) total += cells.read(index);
 *   return total;
 * }
 * console.log(typeof sum); // function
 * ```
 */
export interface LiveArray<T> extends Disposable {
  /** Items. */
  readonly length: number;
  /** Bytes from one item to the next: the value size rounded up to 8. */
  readonly stride: number;
  /** All items; empty once the array or its object is closed. */
  readonly bytes: Uint8Array;
  read(index: number): T;
  write(index: number, value: T): void;
}

/** What a live array is made of. */
export interface LiveArraySource {
  readonly name: string;
  readonly owner: Owner;
  readonly memory: MappedMemory;
  /** Ends the memory. */
  readonly handle: Disposable;
  readonly length: number;
  readonly stride: number;
  readonly layout: TypeLayout;
}

/** Items of an mmapable array in {@link MappedMemory}. */
export class MappedArray<L extends TypeLayout> implements LiveArray<Value<L>> {
  readonly length: number;
  readonly stride: number;
  readonly bytes: Uint8Array;
  readonly #source: LiveArraySource;
  readonly #values: SharedValue<Value<L>>;

  constructor(source: LiveArraySource & { readonly layout: L }) {
    const { memory, length, stride } = source;
    this.length = length;
    this.stride = stride;
    this.bytes = new Uint8Array(memory.buffer, 0, length * stride);
    this.#source = source;
    this.#values = sharedValue(memory, codec(source.layout), true);
  }

  read(index: number): Value<L> {
    return this.#values.read(this.#offset(index));
  }

  write(index: number, value: Value<L>): void {
    this.#values.write(this.#offset(index), value);
  }

  [Symbol.dispose](): void {
    this.#source.handle[Symbol.dispose]();
  }

  #offset(index: number): number {
    const { name, owner, memory } = this.#source;
    owner.assertOpen("use", name);
    if (memory.isClosed) throw new Error(`Cannot use "${name}": its live view is closed. Ask for another one.`);
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`Cannot use item ${index} of "${name}": it has ${this.length} items.`);
    }
    return index * this.stride;
  }
}
