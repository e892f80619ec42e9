import { fieldAt, layoutSize, type RawMap, type StructLayout } from "@irqtrace/decode";

/** A map whose values hold two banks of something, and where. */
export interface BankedMap {
  readonly name: string;
  readonly value: StructLayout;
  /**
   * Paths of arrays of two banks within a value, each bank a multiple of 4 bytes at a multiple of 4. The first is written in
   * even epochs, the second in odd ones. What lies outside is taken as it is.
   */
  readonly banks: readonly string[];
}

/** First and end word of a piece of a value. */
type WordRange = readonly [number, number];

const WORD_BYTES = 4;
/** From here on one call copies faster than a loop that no compiler has seen yet, as in a trace of a few intervals. */
const LONG_WORDS = 32;

/**
 * What is known for certain of a map's values: of each bank the bytes of its last idle time. A reading contributes the
 * bank that was idle when it was taken, and what lies outside the banks; the other bank may have been half written.
 */
export class BankedImage {
  readonly #cpus: number;
  readonly #strideWords: number;
  /** Words to take from a reading, by the parity of the epoch that ended. */
  readonly #ranges: readonly [readonly WordRange[], readonly WordRange[]];
  #words: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  #entries = 0;

  constructor(map: BankedMap, cpus: number) {
    this.#cpus = cpus;
    this.#strideWords = (Math.ceil(layoutSize(map.value) / 8) * 8) / WORD_BYTES;
    this.#ranges = [settledRanges(map, 0, this.#strideWords), settledRanges(map, 1, this.#strideWords)];
  }

  /** Bytes of an entry: one value for each CPU. */
  get entryBytes(): number {
    return this.#cpus * this.#strideWords * WORD_BYTES;
  }

  /** Takes what is settled from `reading`, the bytes of the entries from `firstEntry` on. */
  settle(reading: Uint32Array, firstEntry: number, parity: number): void {
    const firstWord = firstEntry * this.#cpus * this.#strideWords;
    this.#grow(firstWord + reading.length);
    const words = this.#words;
    const ranges = this.#ranges[parity === 0 ? 0 : 1];
    for (let value = 0; value < reading.length; value += this.#strideWords) {
      for (const [start, end] of ranges) {
        if (end - start >= LONG_WORDS) {
          words.set(reading.subarray(value + start, value + end), firstWord + value + start);
          continue;
        }
        for (let word = value + start; word < value + end; word++) words[firstWord + word] = reading[word] ?? 0;
      }
    }
  }

  /** Whether an entry's words at `offset` (a u64 of each value) differ from the reading's. */
  differs(reading: Uint32Array, entry: number, offsetBytes: number): boolean {
    const offset = offsetBytes / WORD_BYTES;
    for (let cpu = 0; cpu < this.#cpus; cpu++) {
      const word = (entry * this.#cpus + cpu) * this.#strideWords + offset;
      // Beyond the image nothing has been seen yet, which is what zero says.
      if ((this.#words[word] ?? 0) !== reading[word] || (this.#words[word + 1] ?? 0) !== reading[word + 1]) return true;
    }
    return false;
  }

  /** The settled bytes, not copied: they change with the next `settle`. */
  raw(): RawMap {
    const valueStride = this.#strideWords * WORD_BYTES;
    const bytes = new Uint8Array(this.#words.buffer, 0, this.#entries * this.#cpus * valueStride);
    return { entries: this.#entries, cpus: this.#cpus, valueStride, bytes };
  }

  #grow(words: number): void {
    this.#entries = Math.max(this.#entries, words / (this.#cpus * this.#strideWords));
    if (words <= this.#words.length) return;
    const larger = new Uint32Array(Math.max(words, 2 * this.#words.length));
    larger.set(this.#words);
    this.#words = larger;
  }
}

/** A value's words less those of the bank that is being written. */
function settledRanges(map: BankedMap, parity: number, strideWords: number): WordRange[] {
  const busy = map.banks
    .map((path) => {
      const bank = fieldAt(map.value, `${path}[${1 - parity}]`);
      return [bank.offset / WORD_BYTES, (bank.offset + layoutSize(bank.type)) / WORD_BYTES] as const;
    })
    .sort(([first], [second]) => first - second);
  const ranges: WordRange[] = [];
  let start = 0;
  for (const [busyStart, busyEnd] of busy) {
    if (busyStart > start) ranges.push([start, busyStart]);
    start = busyEnd;
  }
  if (start < strideWords) ranges.push([start, strideWords]);
  return ranges;
}
