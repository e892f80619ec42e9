import { fieldAt, LayoutMismatchError, type RawMap } from "@irqtrace/decode";
import type { BpfMap, LoadedObject } from "@irqtrace/loader";
import { BankedImage, type BankedMap } from "./banked-image.ts";
import type { SamplePlan } from "./definition.ts";

/** A map, what is known of it, and memory to read it into. */
class SampledMap {
  readonly map: BpfMap;
  readonly image: BankedImage;
  #reading: Uint32Array<ArrayBuffer> = new Uint32Array(0);

  constructor(object: LoadedObject, banked: BankedMap) {
    this.map = object.map(banked.name);
    this.image = new BankedImage(banked, valuesPerEntry(this.map, banked));
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
/** The kernel packs the values of ordinary arrays as they are, and rounds up those of each CPU to 8 bytes. */
function valuesPerEntry({ name, stride }: BpfMap, banked: BankedMap): number {
  const bytes = valueStride(banked);
  if (stride % bytes === 0) return stride / bytes;
  throw new LayoutMismatchError(
    `Cannot sample the map "${name}": its entries take ${stride} bytes, and values of ${banked.value.size} are declared. Pad them to ${bytes}, a multiple of 8, in the object and in its layout.`,
  );
}

const valueStride = (banked: BankedMap): number => Math.ceil(banked.value.size / 8) * 8;

/** As many free entries in a row show that none behind them is in use: programs take them in order, or nearly so. */
export const SPARE_ENTRIES = 256;

/** Folds what one plan names into its images, once per epoch. */
export class PlanReader {
  readonly #plan: SamplePlan;
  readonly #cells: SampledMap;
  readonly #labels: SampledMap | null;
  readonly #details: readonly SampledMap[];
  readonly #usedOffset: number;
  #usedEntries = 0;
  readonly #writingWord: number;
  readonly #countOffsets: readonly number[];

  constructor(object: LoadedObject, plan: SamplePlan) {
    this.#plan = plan;
    this.#cells = new SampledMap(object, plan.cells);
    this.#labels = plan.labels === undefined ? null : new SampledMap(object, plan.labels);
    this.#details = (plan.details ?? []).map((banked) => new SampledMap(object, banked));
    this.#usedOffset = plan.labels === undefined ? 0 : fieldAt(plan.labels.value, plan.labels.used).offset;
    this.#writingWord = fieldAt(plan.cells.value, plan.cells.writing).offset / 4;
    const [banks] = plan.cells.banks;
    this.#countOffsets = [0, 1].map(
      (bank) => fieldAt(plan.cells.value, `${banks}[${bank}].${plan.cells.count}`).offset,
    );
  }

  /** Reads the idle banks; waits for their last writers until `deadlineNs`. */
  settle(parity: number, deadlineNs: number): void {
    const entries = this.#settleLabels(parity);
    const reading = this.#readQuiet(entries, deadlineNs);
    this.#settleDetails(reading, entries, parity);
    this.#cells.image.settle(reading, 0, parity);
  }

  /** The images by map name, not copied. */
  maps(): Record<string, RawMap> {
    const maps: Record<string, RawMap> = { [this.#plan.cells.name]: this.#cells.image.raw() };
    if (this.#labels !== null && this.#plan.labels !== undefined)
      maps[this.#plan.labels.name] = this.#labels.image.raw();
    this.#plan.details?.forEach((banked, index) => {
      const detail = this.#details[index];
      if (detail !== undefined) maps[banked.name] = detail.image.raw();
    });
    return maps;
  }

  /** Reads the labels; says how many entries of the cells are in use. */
  #settleLabels(parity: number): number {
    if (this.#labels === null) return this.#cells.map.maxEntries;
    const { map, image } = this.#labels;
    let entries = Math.min(map.maxEntries, this.#usedEntries + 2 * SPARE_ENTRIES);
    let reading = this.#labels.read(entries);
    this.#usedEntries = this.#usedIn(reading, entries);
    while (entries < map.maxEntries && entries < this.#usedEntries + SPARE_ENTRIES) {
      entries = Math.min(map.maxEntries, 2 * entries);
      reading = this.#labels.read(entries);
      this.#usedEntries = this.#usedIn(reading, entries);
    }
    image.settle(reading.subarray(0, (this.#usedEntries * image.entryBytes) / 4), 0, parity);
    return this.#usedEntries;
  }

  #usedIn(reading: Uint32Array, entries: number): number {
    const strideWords = (this.#labels?.image.entryBytes ?? 0) / 4;
    for (let entry = entries - 1; entry >= 0; entry--) {
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

  #settleDetails(reading: Uint32Array, entries: number, parity: number): void {
    const countOffset = this.#countOffsets[parity] ?? 0;
    for (let entry = 0; entry < entries; entry++) {
      if (this.#details.length === 0 || !this.#cells.image.differs(reading, entry, countOffset)) continue;
      this.#plan.details?.forEach((banked, index) => {
        if (banked.holds(entry)) this.#details[index]?.settleEntry(entry, parity);
      });
    }
  }
}
