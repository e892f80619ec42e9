import { fieldAt, type RawMap } from "@irqtrace/decode";
import type { BpfMap, LoadedObject } from "@irqtrace/loader";
import { BankedImage, type BankedMap } from "./banked-image.ts";
import type { SamplePlan } from "./definition.ts";

/** Longer than a store stays in a store buffer, and than an undisturbed program runs. */
const SETTLE_NS = 60_000;
/**
 * How long to wait for a program that was interrupted while writing, by a hypervisor for instance. After that its row is
 * taken as it is: the event it was counting may be in some of the numbers only, until a later reading.
 */
const PATIENCE_NS = 50_000_000;

/** A map, what is known of it, and memory to read it into. */
class SampledMap {
  readonly map: BpfMap;
  readonly image: BankedImage;
  #reading: Uint32Array<ArrayBuffer> = new Uint32Array(0);

  constructor(object: LoadedObject, banked: BankedMap) {
    this.map = object.map(banked.name);
    this.image = new BankedImage(banked, this.map.stride / valueStride(banked));
  }

  /** Reads the first `entries` entries. */
  read(entries: number): Uint32Array {
    const words = (entries * this.image.entryBytes) / 4;
    if (this.#reading.length < words) this.#reading = new Uint32Array(words);
    const reading = this.#reading.subarray(0, words);
    this.map.readInto(asBytes(reading));
    return reading;
  }

  /** Reads one entry to its place in what `read` gave. */
  readAgain(reading: Uint32Array, entry: number): void {
    this.map.readItemInto(entry, asBytes(reading), entry * this.image.entryBytes);
  }

  /** Reads one entry by itself and settles it. */
  settleEntry(entry: number, parity: number): void {
    const words = this.image.entryBytes / 4;
    if (this.#reading.length < words) this.#reading = new Uint32Array(words);
    const reading = this.#reading.subarray(0, words);
    this.map.readItemInto(entry, asBytes(reading), 0);
    this.image.settle(reading, entry, parity);
  }
}

const asBytes = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
const valueStride = (banked: BankedMap): number => Math.ceil(banked.value.size / 8) * 8;

/** After the last u32 comes 2: parities alternate, and 0 says that a bank belongs to no epoch. */
export const epochAfter = (epoch: number): number => (epoch === 0xffff_ffff ? 2 : epoch + 1);

/**
 * Reads all maps at one boundary: flips the epoch, waits until nobody writes the bank that has become idle, and folds
 * it into the images. See sample.bpf.h for the other side.
 */
export class Sampler {
  readonly #object: LoadedObject;
  readonly #plan: SamplePlan;
  readonly #cells: SampledMap;
  readonly #labels: SampledMap | null;
  readonly #histograms: readonly SampledMap[];
  readonly #usedOffset: number;
  readonly #writingWord: number;
  readonly #countOffsets: readonly number[];
  #epoch = 1;

  constructor(object: LoadedObject, plan: SamplePlan) {
    this.#object = object;
    this.#plan = plan;
    this.#cells = new SampledMap(object, plan.cells);
    this.#labels = plan.labels === undefined ? null : new SampledMap(object, plan.labels);
    this.#histograms = (plan.histograms ?? []).map((banked) => new SampledMap(object, banked));
    this.#usedOffset = plan.labels === undefined ? 0 : fieldAt(plan.labels.value, plan.labels.used).offset;
    this.#writingWord = fieldAt(plan.cells.value, plan.cells.writing).offset / 4;
    const [banks] = plan.cells.banks;
    this.#countOffsets = [0, 1].map(
      (bank) => fieldAt(plan.cells.value, `${banks}[${bank}].${plan.cells.count}`).offset,
    );
  }

  /**
   * Ends the epoch and reads it.
   *
   * @returns The epoch that ended, and when.
   */
  flip(): { epoch: number; atNs: number } {
    const ended = this.#epoch;
    this.#epoch = epochAfter(ended);
    this.#object.section("data").write("epoch", this.#epoch);
    const atNs = Bun.nanoseconds();
    while (Bun.nanoseconds() - atNs < SETTLE_NS);
    const parity = ended & 1;
    const entries = this.#settleLabels(parity);
    const reading = this.#readQuiet(entries, atNs + PATIENCE_NS);
    this.#settleHistograms(reading, entries, parity);
    this.#cells.image.settle(reading, 0, parity);
    return { epoch: ended, atNs };
  }

  /** The images by map name, not copied. */
  maps(): Record<string, RawMap> {
    const maps: Record<string, RawMap> = { [this.#plan.cells.name]: this.#cells.image.raw() };
    if (this.#labels !== null && this.#plan.labels !== undefined)
      maps[this.#plan.labels.name] = this.#labels.image.raw();
    this.#plan.histograms?.forEach((banked, index) => {
      const histogram = this.#histograms[index];
      if (histogram !== undefined) maps[banked.name] = histogram.image.raw();
    });
    return maps;
  }

  /** Reads the labels; says how many entries of the cells are in use. */
  #settleLabels(parity: number): number {
    if (this.#labels === null) return this.#cells.map.maxEntries;
    const { map, image } = this.#labels;
    const reading = this.#labels.read(map.maxEntries);
    image.settle(reading, 0, parity);
    const strideWords = image.entryBytes / 4;
    for (let entry = map.maxEntries - 1; entry >= 0; entry--) {
      if (reading[entry * strideWords + this.#usedOffset / 4] !== 0) return entry + 1;
    }
    return 0;
  }

  /** Reads the cells until no writer of the ended epoch is left. */
  #readQuiet(entries: number, deadlineNs: number): Uint32Array {
    const reading = this.#cells.read(entries);
    for (let entry = 0; entry < entries; entry++) {
      if (!this.#isBeingWritten(reading, entry)) continue;
      do this.#cells.readAgain(reading, entry);
      while (this.#isBeingWritten(reading, entry) && Bun.nanoseconds() < deadlineNs);
      // On arm64 the lowered mark can be seen before the last of what was written; by now that is there.
      this.#cells.readAgain(reading, entry);
    }
    return reading;
  }

  #isBeingWritten(reading: Uint32Array, entry: number): boolean {
    const entryWords = this.#cells.image.entryBytes / 4;
    const strideWords = valueStride(this.#plan.cells) / 4;
    const end = (entry + 1) * entryWords;
    for (let value = entry * entryWords; value < end; value += strideWords) {
      if (reading[value + this.#writingWord] !== 0) return true;
    }
    return false;
  }

  #settleHistograms(reading: Uint32Array, entries: number, parity: number): void {
    const countOffset = this.#countOffsets[parity] ?? 0;
    for (let entry = 0; entry < entries; entry++) {
      if (this.#histograms.length === 0 || !this.#cells.image.differs(reading, entry, countOffset)) continue;
      this.#plan.histograms?.forEach((banked, index) => {
        if (banked.holds(entry)) this.#histograms[index]?.settleEntry(entry, parity);
      });
    }
  }
}
