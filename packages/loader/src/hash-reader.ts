import { checkResult } from "./check.ts";
import { EINVAL, ENOENT, ENOSPC, ENOTSUPP, EOPNOTSUPP } from "./errno-table.ts";
import { addressOf, scratch } from "./ffi.ts";
import { type NativeCalls, startOf } from "./native-calls.ts";

/** A map to read entries from. */
export interface HashReaderSource {
  readonly name: string;
  readonly fd: number;
  readonly maxEntries: number;
  readonly keySize: number;
  /** Bytes of all that is stored under one key. */
  readonly stride: number;
  /** Throws if the map is closed. */
  assertOpen(): void;
}

/** Where the bytes of one entry lie, until the next one is asked for. */
export interface RawEntry {
  readonly keys: DataView;
  readonly keyOffset: number;
  readonly values: DataView;
  readonly valueOffset: number;
}

const FIRST_BATCH_ENTRIES = 256;
const NO_BATCHES: readonly number[] = [EINVAL, ENOTSUPP, EOPNOTSUPP];
const TOLERATED: readonly number[] = [...NO_BATCHES, ENOENT, ENOSPC];

/** All entries of a map with keys: in batches where the kernel has them, else key by key. */
export function* readEntries(source: HashReaderSource, calls: Pick<NativeCalls, "functions">): Generator<RawEntry> {
  const batches = new BatchReader(source, calls);
  let isFirst = true;
  for (;;) {
    source.assertOpen();
    const count = batches.next();
    if (count === null) {
      if (!isFirst) throw new Error(`Cannot read "${source.name}": the kernel stopped giving batches midway.`);
      yield* readOneByOne(source, calls);
      return;
    }
    isFirst = false;
    for (let index = 0; index < count; index++) yield batches.entry(index);
    if (batches.isAtEnd) return;
  }
}

class BatchReader {
  isAtEnd = false;
  readonly #source: HashReaderSource;
  readonly #calls: Pick<NativeCalls, "functions">;
  // Hash maps keep a bucket number there, others a key.
  readonly #cursor: Uint8Array;
  readonly #count = new Uint32Array(new ArrayBuffer(4));
  #capacity: number;
  #keys: DataView<ArrayBuffer>;
  #values: DataView<ArrayBuffer>;
  #isStarted = false;

  constructor(source: HashReaderSource, calls: Pick<NativeCalls, "functions">) {
    this.#source = source;
    this.#calls = calls;
    this.#cursor = scratch(Math.max(source.keySize, 8));
    this.#capacity = Math.min(source.maxEntries, FIRST_BATCH_ENTRIES);
    this.#keys = new DataView(new ArrayBuffer(this.#capacity * source.keySize));
    this.#values = new DataView(new ArrayBuffer(this.#capacity * source.stride));
  }

  /** Reads the next batch and gives its length, `null` if this kernel has no batches for this map. */
  next(): number | null {
    const { fd, name, keySize, stride } = this.#source;
    for (;;) {
      this.#count[0] = this.#capacity;
      const cursor = startOf(this.#cursor);
      // SAFETY: the kernel writes at most `capacity` keys and values, for which the two buffers are made, and a cursor
      // of at most a key or a bucket number.
      const result = this.#calls.functions.bpf_map_lookup_batch(
        fd,
        this.#isStarted ? cursor : null,
        cursor,
        startOf(this.#keys),
        startOf(this.#values),
        startOf(this.#count),
        null,
      );
      checkResult(result, { operation: "read entries of", what: name }, TOLERATED);
      if (result === -ENOSPC) {
        // One bucket holds more than a whole batch: nothing was read.
        this.#capacity *= 2;
        this.#keys = new DataView(new ArrayBuffer(this.#capacity * keySize));
        this.#values = new DataView(new ArrayBuffer(this.#capacity * stride));
        continue;
      }
      if (NO_BATCHES.includes(-result)) return null;
      this.#isStarted = true;
      this.isAtEnd = result === -ENOENT;
      return this.#count[0] ?? 0;
    }
  }

  entry(index: number): RawEntry {
    const { keySize, stride } = this.#source;
    return { keys: this.#keys, keyOffset: index * keySize, values: this.#values, valueOffset: index * stride };
  }
}

// The keys first: a key deleted while its successor is asked for would send the kernel back to the first one.
function* readOneByOne(source: HashReaderSource, calls: Pick<NativeCalls, "functions">): Generator<RawEntry> {
  const { fd, name, maxEntries, keySize, stride } = source;
  const keys = scratch(maxEntries * keySize);
  const { bpf_map_get_next_key: nextKey, bpf_map_lookup_elem: lookUp } = calls.functions;
  let count = 0;
  while (count < maxEntries) {
    const current = count === 0 ? null : addressOf(keys, (count - 1) * keySize, keySize);
    // SAFETY: both lie within `keys`, a key's size each.
    const result = nextKey(fd, current, addressOf(keys, count * keySize, keySize));
    if (checkResult(result, { operation: "read keys of", what: name }, [ENOENT]) < 0) break;
    count++;
  }
  const keyView = new DataView(keys.buffer);
  const value = new DataView(new ArrayBuffer(stride));
  for (let index = 0; index < count; index++) {
    source.assertOpen();
    // SAFETY: the value is a whole stride, which is what the kernel writes.
    const result = lookUp(fd, addressOf(keys, index * keySize, keySize), startOf(value));
    if (checkResult(result, { operation: "read entries of", what: name }, [ENOENT]) < 0) continue; // deleted meanwhile
    yield { keys: keyView, keyOffset: index * keySize, values: value, valueOffset: 0 };
  }
}
