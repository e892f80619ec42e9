import {
  type Codec,
  codec,
  isPerCpuKind,
  LayoutMismatchError,
  layoutSize,
  type MapKind,
  type TypeLayout,
} from "@irqtrace/decode";
import { type Address, scratch } from "./ffi.ts";
import type { KernelMapInfo } from "./kernel-map-info.ts";
import { isIndexedKind, untypedPart } from "./map-definition.ts";
import { startOf } from "./native-calls.ts";
import { possibleCpus } from "./possible-cpus.ts";

/** Where the layouts of a map's keys and values come from. */
export interface MapCodecsSource {
  readonly name: string;
  readonly info: KernelMapInfo;
  readonly key: TypeLayout | null;
  readonly value: TypeLayout | null;
}

/** Keys and values of one map as the kernel wants them, in memory that is written over by each use. */
export class MapCodecs {
  /** Bytes of all that is stored under one key. */
  readonly stride: number;
  /** Of one value; of one CPU's value for per-CPU kinds. */
  readonly valueLayout: TypeLayout | null;
  readonly #name: string;
  readonly #kind: MapKind;
  readonly #maxEntries: number;
  readonly #cpuCount: number | null;
  readonly #cpuBytes: number;
  readonly #keyLayout: TypeLayout | null;
  readonly #key: Uint8Array<ArrayBuffer>;
  readonly #keyView: DataView;
  readonly #value: Uint8Array<ArrayBuffer>;
  readonly #valueView: DataView;
  // Compiled when first needed: who reads bytes alone needs neither.
  #keyCodec: Codec<unknown> | undefined;
  #valueCodec: Codec<unknown> | undefined;

  constructor(source: MapCodecsSource) {
    const { name, info } = source;
    this.#name = name;
    this.#kind = info.kind;
    this.#maxEntries = info.maxEntries;
    this.#cpuBytes = roundUpTo8(info.valueSize);
    this.#cpuCount = isPerCpuKind(info.kind) ? possibleCpus().length : null;
    this.stride = this.#cpuCount === null ? info.valueSize : this.#cpuBytes * this.#cpuCount;
    this.#keyLayout = fitting(source, "key");
    this.valueLayout = fitting(source, "value");
    this.#key = scratch(info.keySize);
    this.#keyView = new DataView(this.#key.buffer);
    this.#value = scratch(this.stride);
    this.#valueView = new DataView(this.#value.buffer);
  }

  /** Where a whole stride can be read to, for {@link value}. */
  get valueAddress(): Address {
    return startOf(this.#value);
  }

  /** The value that was read to {@link valueAddress}, or that lies in the view. */
  value(operation: string, view: DataView = this.#valueView, byteOffset = 0): unknown {
    const values = this.#valuesFor(operation);
    const cpuCount = this.#cpuCount;
    if (cpuCount === null) return values.decode(view, byteOffset);
    return Array.from({ length: cpuCount }, (_, cpu) => values.decode(view, byteOffset + cpu * this.#cpuBytes));
  }

  key(operation: string, view: DataView, byteOffset: number): unknown {
    return this.#keysFor(operation).decode(view, byteOffset);
  }

  /** Writes the key to memory and gives its address. */
  encodeKey(operation: string, key: unknown): Address {
    const keys = this.#keysFor(operation);
    if (isIndexedKind(this.#kind) && !isIndex(key, this.#maxEntries)) {
      throw new RangeError(
        `Cannot ${operation} item ${String(key)} of "${this.#name}": it has ${this.#maxEntries} items.`,
      );
    }
    try {
      keys.encode(key, this.#keyView);
    } catch (error) {
      throw this.#misfit(error, operation, "by such a key");
    }
    return startOf(this.#key);
  }

  /** Writes the value to memory and gives its address. */
  encodeValue(operation: string, value: unknown): Address {
    const values = this.#valuesFor(operation);
    const ofCpus = this.#cpuCount === null ? [value] : value;
    if (!Array.isArray(ofCpus) || ofCpus.length !== (this.#cpuCount ?? 1)) {
      throw new TypeError(
        `Cannot ${operation} "${this.#name}": give an array of ${this.#cpuCount} values, one for each possible CPU.`,
      );
    }
    try {
      for (const [cpu, ofCpu] of ofCpus.entries()) values.encode(ofCpu, this.#valueView, cpu * this.#cpuBytes);
    } catch (error) {
      throw this.#misfit(error, operation, "with such a value");
    }
    return this.valueAddress;
  }

  // Codecs know neither the map nor what is done: they are told to write, also where a key is looked up.
  #misfit(error: unknown, operation: string, what: string): unknown {
    const words = error instanceof Error ? /^Cannot write ("[^"]*"): (.*)$/s.exec(error.message) : null;
    if (words === null) return error;
    const Kind = error instanceof RangeError ? RangeError : TypeError;
    return new Kind(`Cannot ${operation} "${this.#name}" ${what} (${words[1]}): ${words[2]}`, { cause: error });
  }

  #keysFor(operation: string): Codec<unknown> {
    if (this.#keyCodec !== undefined) return this.#keyCodec;
    if (this.#keyLayout !== null) {
      this.#keyCodec = codec(this.#keyLayout);
      return this.#keyCodec;
    }
    throw new TypeError(`Cannot ${operation} "${this.#name}" by key: a ${this.#kind} has no keys.`);
  }

  #valuesFor(operation: string): Codec<unknown> {
    if (this.#valueCodec !== undefined) return this.#valueCodec;
    if (this.valueLayout !== null) {
      this.#valueCodec = codec(this.valueLayout);
      return this.#valueCodec;
    }
    throw new TypeError(`Cannot ${operation} "${this.#name}": a ${this.#kind} has no values.`);
  }
}

/** Rounds up to a multiple of 8, as the kernel does for per-CPU values and array items. */
export function roundUpTo8(size: number): number {
  return Math.ceil(size / 8) * 8;
}

// A layout of another size than the kernel's would read or write beyond the value.
function fitting(source: MapCodecsSource, side: "key" | "value"): TypeLayout | null {
  const { name, info } = source;
  const layout = source[side];
  const size = side === "key" ? info.keySize : info.valueSize;
  if (layout === null) return untypedPart(info.kind, side, size);
  if (layoutSize(layout) === size) return layout;
  throw new LayoutMismatchError(
    `Cannot use the layout of the ${side} of "${name}": it has ${layoutSize(layout)} bytes, the kernel's ${size}. Generate the layouts anew.`,
  );
}

function isIndex(key: unknown, count: number): boolean {
  return typeof key === "number" && Number.isInteger(key) && key >= 0 && key < count;
}
