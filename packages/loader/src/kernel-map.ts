import { type Codec, codec, isPerCpuKind, LayoutMismatchError, layoutSize, type MapKind, type TypeLayout } from "@irqtrace/decode";
import { ArrayReader } from "./array-reader.ts";
import type { SetMode } from "./bpf-map.ts";
import { checkNumber, checkResult } from "./check.ts";
import { ENOENT } from "./errno-table.ts";
import { cString, scratch } from "./ffi.ts";
import { type RawEntry, readEntries } from "./hash-reader.ts";
import { kernelMapInfo, type KernelMapInfo } from "./kernel-map-info.ts";
import { type LiveArray, MappedArray } from "./live-array.ts";
import { isIndexedKind, untypedPart } from "./map-definition.ts";
import { MappedMemory, roundUpToPages } from "./mapped-memory.ts";
import { type NativeCalls, nativeCalls, startOf } from "./native-calls.ts";
import type { Owner } from "./owner.ts";
import { possibleCpus } from "./possible-cpus.ts";

const BPF_F_RDONLY = 0x8;
const BPF_F_MMAPABLE = 0x400;
const MODES: Readonly<Record<SetMode, number>> = { any: 0, create: 1, replace: 2 };

/** Where a map comes from. */
export interface KernelMapSource {
  readonly name: string;
  readonly fd: number;
  readonly owner: Owner;
  /** Layouts of key and value, where they are known. */
  readonly key: TypeLayout | null;
  readonly value: TypeLayout | null;
}

/** {@link BpfMap} over a descriptor; keys and values are checked by their codecs, at run time. */
export class KernelMap {
  readonly name: string;
  readonly kind: MapKind;
  readonly maxEntries: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly stride: number;
  readonly #fd: number;
  readonly #owner: Owner;
  readonly #info: KernelMapInfo;
  readonly #calls: NativeCalls = nativeCalls();
  readonly #cpuCount: number;
  readonly #keyCodec: Codec<unknown> | null;
  readonly #valueCodec: Codec<unknown> | null;
  readonly #valueLayout: TypeLayout | null;
  readonly #key: Uint8Array<ArrayBuffer>;
  readonly #keyView: DataView;
  readonly #value: Uint8Array<ArrayBuffer>;
  readonly #valueView: DataView;
  #reader: ArrayReader | undefined;

  constructor(source: KernelMapSource) {
    const info = kernelMapInfo(source.fd, source.name);
    const isPerCpu = isPerCpuKind(info.kind);
    this.name = source.name;
    this.kind = info.kind;
    this.maxEntries = info.maxEntries;
    this.keySize = info.keySize;
    this.valueSize = info.valueSize;
    this.#cpuCount = isPerCpu ? possibleCpus().length : 1;
    this.stride = isPerCpu ? roundUpTo8(info.valueSize) * this.#cpuCount : info.valueSize;
    this.#fd = source.fd;
    this.#owner = source.owner;
    this.#info = info;
    const keyLayout = fitting(source, info, "key");
    this.#valueLayout = fitting(source, info, "value");
    this.#keyCodec = keyLayout === null ? null : codec(keyLayout);
    this.#valueCodec = this.#valueLayout === null ? null : codec(this.#valueLayout);
    this.#key = scratch(info.keySize);
    this.#keyView = new DataView(this.#key.buffer);
    this.#value = scratch(this.stride);
    this.#valueView = new DataView(this.#value.buffer);
  }

  get fd(): number {
    this.#owner.assertOpen("use", this.name);
    return this.#fd;
  }

  get(key: unknown): unknown {
    this.#owner.assertOpen("read", this.name);
    const valueCodec = this.#valuesOf("read");
    const keyAddress = this.#encodeKey(key, "read");
    // SAFETY: the value is a whole stride, which is what the kernel writes.
    const result = this.#calls.functions.bpf_map_lookup_elem(this.#fd, keyAddress, startOf(this.#value));
    if (checkResult(result, { operation: "read an entry of", what: this.name }, [ENOENT]) < 0) return undefined;
    return this.#decode(valueCodec, this.#valueView);
  }

  set(key: unknown, value: unknown, mode: SetMode = "any"): void {
    this.#owner.assertOpen("write", this.name);
    const valueCodec = this.#valuesOf("write");
    this.#encodeValue(valueCodec, value);
    const keyAddress = this.#encodeKey(key, "write");
    const flags = MODES[mode];
    // SAFETY: the kernel reads a key and a whole stride, which is what the two buffers hold.
    const result = this.#calls.functions.bpf_map_update_elem(this.#fd, keyAddress, startOf(this.#value), flags);
    checkResult(result, { operation: "write an entry of", what: this.name });
  }

  push(value: unknown): void {
    this.#owner.assertOpen("push to", this.name);
    if (this.kind !== "queue" && this.kind !== "stack") {
      throw new TypeError(`Cannot push to "${this.name}": it is a map of kind ${this.kind}. Use set.`);
    }
    this.#encodeValue(this.#valuesOf("push to"), value);
    // SAFETY: the kernel reads a value, which is what the buffer holds; such maps have no keys.
    const result = this.#calls.functions.bpf_map_update_elem(this.#fd, null, startOf(this.#value), MODES.any);
    checkResult(result, { operation: "push to", what: this.name });
  }

  delete(key: unknown): boolean {
    this.#owner.assertOpen("delete from", this.name);
    const result = this.#calls.functions.bpf_map_delete_elem(this.#fd, this.#encodeKey(key, "delete from"));
    return checkResult(result, { operation: "delete an entry of", what: this.name }, [ENOENT]) >= 0;
  }

  *entries(): Generator<readonly [unknown, unknown]> {
    const valueCodec = this.#valuesOf("read");
    for (const { key, value } of this.#rawEntries()) {
      yield [this.#keysOf("read").decode(key), this.#decode(valueCodec, value)] as const;
    }
  }

  *keys(): Generator<unknown> {
    for (const { key } of this.#rawEntries()) yield this.#keysOf("read").decode(key);
  }

  readInto(target: Uint8Array): void {
    this.#arrayReader().readInto(target);
  }

  readItemInto(index: number, target: Uint8Array, byteOffset = 0): void {
    this.#arrayReader().readItemInto(index, target, byteOffset);
  }

  live(): LiveArray<unknown> {
    this.#owner.assertOpen("map", this.name);
    if (this.#valueLayout === null || this.kind !== "array" || (this.#info.flags & BPF_F_MMAPABLE) === 0) {
      throw new TypeError(
        `Cannot map "${this.name}" into memory: it is not an array with BPF_F_MMAPABLE. Declare it with __uint(map_flags, BPF_F_MMAPABLE).`,
      );
    }
    const stride = roundUpTo8(this.valueSize);
    const memory = new MappedMemory({
      what: this.name,
      byteLength: roundUpToPages(stride * this.maxEntries),
      fd: this.#fd,
      isWritable: (this.#info.flags & BPF_F_RDONLY) === 0,
    });
    this.#owner.own(memory);
    const { name, maxEntries: length } = this;
    return new MappedArray({ name, owner: this.#owner, memory, length, stride, layout: this.#valueLayout });
  }

  pin(path: string): void {
    this.#owner.assertOpen("pin", this.name);
    const outcome = this.#calls.run((functions) => functions.bpf_obj_pin(this.#fd, startOf(cString(path))));
    checkNumber(outcome, { operation: `pin at "${path}" the map`, what: this.name });
  }

  *#rawEntries(): Generator<RawEntry> {
    this.#owner.assertOpen("read", this.name);
    yield* readEntries(
      {
        name: this.name,
        fd: this.#fd,
        maxEntries: this.maxEntries,
        keySize: this.keySize,
        stride: this.stride,
        assertOpen: () => this.#owner.assertOpen("read", this.name),
      },
      this.#calls,
    );
  }

  #arrayReader(): ArrayReader {
    this.#owner.assertOpen("read", this.name);
    if (this.kind !== "array" && this.kind !== "percpu_array") {
      throw new TypeError(`Cannot read "${this.name}" as an array: it is a map of kind ${this.kind}. Use get or entries.`);
    }
    const { name, maxEntries, stride } = this;
    this.#reader ??= new ArrayReader({ name, fd: this.#fd, maxEntries, stride }, this.#calls);
    return this.#reader;
  }

  #encodeKey(key: unknown, operation: string): ReturnType<typeof startOf> {
    const keyCodec = this.#keysOf(operation);
    if (isIndexedKind(this.kind) && !(typeof key === "number" && Number.isInteger(key) && key >= 0 && key < this.maxEntries)) {
      throw new RangeError(`Cannot ${operation} item ${String(key)} of "${this.name}": it has ${this.maxEntries} items.`);
    }
    keyCodec.encode(key, this.#keyView);
    return startOf(this.#key);
  }

  #keysOf(operation: string): Codec<unknown> {
    if (this.#keyCodec === null) throw new TypeError(`Cannot ${operation} "${this.name}" by key: a ${this.kind} has no keys.`);
    return this.#keyCodec;
  }

  #valuesOf(operation: string): Codec<unknown> {
    if (this.#valueCodec === null) throw new TypeError(`Cannot ${operation} "${this.name}": a ${this.kind} has no values.`);
    return this.#valueCodec;
  }

  #decode(valueCodec: Codec<unknown>, view: DataView): unknown {
    if (!isPerCpuKind(this.kind)) return valueCodec.decode(view);
    const step = roundUpTo8(this.valueSize);
    return Array.from({ length: this.#cpuCount }, (_, cpu) => valueCodec.decode(view, cpu * step));
  }

  #encodeValue(valueCodec: Codec<unknown>, value: unknown): void {
    this.#value.fill(0);
    if (!isPerCpuKind(this.kind)) {
      valueCodec.encode(value, this.#valueView);
      return;
    }
    if (!Array.isArray(value) || value.length !== this.#cpuCount) {
      throw new TypeError(`Cannot write "${this.name}": give an array of ${this.#cpuCount} values, one for each possible CPU.`);
    }
    const step = roundUpTo8(this.valueSize);
    value.forEach((ofCpu: unknown, cpu) => valueCodec.encode(ofCpu, this.#valueView, cpu * step));
  }
}

// A layout of another size than the kernel's would read or write beyond the value.
function fitting(source: KernelMapSource, info: KernelMapInfo, side: "key" | "value"): TypeLayout | null {
  const layout = source[side];
  const size = side === "key" ? info.keySize : info.valueSize;
  if (layout === null) return untypedPart(info.kind, side, size);
  if (layoutSize(layout) === size) return layout;
  throw new LayoutMismatchError(
    `Cannot use the layout of the ${side} of "${source.name}": it has ${layoutSize(layout)} bytes, the kernel's ${size}. Generate the layouts anew.`,
  );
}

function roundUpTo8(size: number): number {
  return Math.ceil(size / 8) * 8;
}
