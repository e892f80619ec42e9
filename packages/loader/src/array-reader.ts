import { checkResult } from "./check.ts";
import { EINVAL, ENOENT, ENOTSUPP, EOPNOTSUPP } from "./errno-table.ts";
import { addressOf, scratch } from "./ffi.ts";
import { type NativeCalls, startOf } from "./native-calls.ts";

/** An array map to read bytes from. */
export interface ArrayReaderSource {
  readonly name: string;
  readonly fd: number;
  readonly maxEntries: number;
  readonly stride: number;
}

const INDEX_BYTES = 4;
/** What kernels without batches for the map's kind say: none before 5.6, none for per-CPU arrays before 5.13. */
const NO_BATCHES: readonly number[] = [EINVAL, ENOTSUPP, EOPNOTSUPP];

/** Reads items of an array map as bytes. */
export class ArrayReader {
  readonly #source: ArrayReaderSource;
  readonly #calls: Pick<NativeCalls, "functions">;
  readonly #attempt: { readonly operation: string; readonly what: string };
  readonly #index = new Uint32Array(new ArrayBuffer(INDEX_BYTES));
  readonly #count = new Uint32Array(new ArrayBuffer(4));
  #keys: Uint8Array | undefined;
  #hasBatches = true;

  constructor(source: ArrayReaderSource, calls: Pick<NativeCalls, "functions">) {
    this.#source = source;
    this.#calls = calls;
    this.#attempt = { operation: "read items of", what: source.name };
  }

  readInto(target: Uint8Array): void {
    const { name, stride, maxEntries } = this.#source;
    const items = target.byteLength / stride;
    if (!Number.isInteger(items) || items > maxEntries) {
      throw new RangeError(
        `Cannot read "${name}" into ${target.byteLength} bytes: give a multiple of ${stride}, at most ${maxEntries} times.`,
      );
    }
    if (items === 0 || (this.#hasBatches && this.#readBatch(target, items))) return;
    for (let index = 0; index < items; index++) this.readItemInto(index, target, index * stride);
  }

  readItemInto(index: number, target: Uint8Array, byteOffset: number): void {
    const { name, fd, stride, maxEntries } = this.#source;
    if (!Number.isInteger(index) || index < 0 || index >= maxEntries) {
      throw new RangeError(`Cannot read item ${index} of "${name}": it has ${maxEntries} items.`);
    }
    this.#index[0] = index;
    // SAFETY: addressOf checks that stride bytes, which is what the kernel writes, lie within the target.
    const address = addressOf(target, byteOffset, stride);
    checkResult(this.#calls.functions.bpf_map_lookup_elem(fd, startOf(this.#index), address), this.#attempt);
  }

  #readBatch(target: Uint8Array, items: number): boolean {
    const { fd, stride, name } = this.#source;
    this.#keys ??= scratch(this.#source.maxEntries * INDEX_BYTES);
    this.#count[0] = items;
    // SAFETY: the kernel writes at most `items` values of `stride` bytes, which lie within the target, as many indices,
    // which the keys hold, and one index as the place to go on from.
    const result = this.#calls.functions.bpf_map_lookup_batch(
      fd,
      null,
      startOf(this.#index),
      startOf(this.#keys),
      addressOf(target, 0, items * stride),
      startOf(this.#count),
      null,
    );
    if (result < 0 && NO_BATCHES.includes(-result)) {
      this.#hasBatches = false;
      return false;
    }
    // ENOENT says that the array ended, which is how a whole read ends.
    checkResult(result, this.#attempt, [ENOENT]);
    if (this.#count[0] !== items) throw new Error(`Cannot read "${name}": ${this.#count[0]} of ${items} items came.`);
    return true;
  }
}
