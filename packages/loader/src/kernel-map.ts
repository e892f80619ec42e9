import type { MapKind, TypeLayout } from "@irqtrace/decode";
import { ArrayReader } from "./array-reader.ts";
import type { SetMode } from "./bpf-map.ts";
import { checkResult } from "./check.ts";
import { E2BIG, ENOENT } from "./errno-table.ts";
import { BpfError, type BpfErrorDetails } from "./errors.ts";
import { type RawEntry, readEntries } from "./hash-reader.ts";
import { BPF_EXIST, BPF_F_MMAPABLE, BPF_F_RDONLY, BPF_NOEXIST } from "./kernel-constants.ts";
import { type KernelMapInfo, kernelMapInfo } from "./kernel-map-info.ts";
import { type LiveArray, MappedArray } from "./live-array.ts";
import { MapCodecs, roundUpTo8 } from "./map-codecs.ts";
import { isIndexedKind } from "./map-definition.ts";
import { MappedMemory, roundUpToPages } from "./mapped-memory.ts";
import { type NativeCalls, nativeCalls } from "./native-calls.ts";
import type { Owner } from "./owner.ts";
import { pinDescriptor } from "./pin.ts";

const MODES: Readonly<Record<SetMode, number>> = { any: 0, create: BPF_NOEXIST, replace: BPF_EXIST };

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
  /** What the map ends with. */
  readonly owner: Owner;
  readonly #fd: number;
  readonly #info: KernelMapInfo;
  readonly #codecs: MapCodecs;
  readonly #calls: NativeCalls = nativeCalls();
  #reader: ArrayReader | undefined;

  // The kernel's number says that something is too large.
  readonly #explainWrite = (details: BpfErrorDetails): BpfError => {
    const { name, kind, maxEntries } = this;
    if (details.errno !== E2BIG || isIndexedKind(kind)) return new BpfError(details);
    const first = kind === "queue" || kind === "stack" ? "Pop some first" : "Delete some first";
    return new BpfError({
      ...details,
      why: `it is full with ${maxEntries} entries`,
      hint: `${first}, or make it larger before it is loaded: configure({ maxEntries: { ${name}: … } }).`,
    });
  };

  constructor({ name, fd, owner, key, value }: KernelMapSource) {
    const info = kernelMapInfo(fd, name);
    this.#codecs = new MapCodecs({ name, info, key, value });
    this.name = name;
    this.kind = info.kind;
    this.maxEntries = info.maxEntries;
    this.keySize = info.keySize;
    this.valueSize = info.valueSize;
    this.stride = this.#codecs.stride;
    this.owner = owner;
    this.#fd = fd;
    this.#info = info;
  }

  get fd(): number {
    this.owner.assertOpen("use", this.name);
    return this.#fd;
  }

  get(key: unknown): unknown {
    this.owner.assertOpen("read", this.name);
    const { bpf_map_lookup_elem: lookUp } = this.#calls.functions;
    // SAFETY: the key is a whole key, and at the value's address lies a whole stride, which is what the kernel writes.
    const result = lookUp(this.#fd, this.#codecs.encodeKey("read", key), this.#codecs.valueAddress);
    if (checkResult(result, { operation: "read an entry of", what: this.name }, [ENOENT]) < 0) return undefined;
    return this.#codecs.value("read");
  }

  set(key: unknown, value: unknown, mode: SetMode = "any"): void {
    this.owner.assertOpen("write", this.name);
    if (!Object.hasOwn(MODES, mode)) throw new TypeError(`Cannot write "${this.name}": "${mode}" is not a mode.`);
    const valueAddress = this.#codecs.encodeValue("write", value);
    const keyAddress = this.#codecs.encodeKey("write", key);
    // SAFETY: the kernel reads a key and a whole stride, which is what the codecs keep there.
    const result = this.#calls.functions.bpf_map_update_elem(this.#fd, keyAddress, valueAddress, MODES[mode]);
    checkResult(result, { operation: "write an entry of", what: this.name, explain: this.#explainWrite });
  }

  push(value: unknown): void {
    this.#assertQueue("push to");
    const valueAddress = this.#codecs.encodeValue("push to", value);
    // SAFETY: the kernel reads a value, which is what the codecs keep there; such maps have no keys.
    const result = this.#calls.functions.bpf_map_update_elem(this.#fd, null, valueAddress, MODES.any);
    checkResult(result, { operation: "push to", what: this.name, explain: this.#explainWrite });
  }

  pop(): unknown {
    this.#assertQueue("pop from");
    const { bpf_map_lookup_and_delete_elem: pop } = this.#calls.functions;
    // SAFETY: the kernel writes a value to where the codecs have room for one; such maps have no keys.
    const result = pop(this.#fd, null, this.#codecs.valueAddress);
    if (checkResult(result, { operation: "pop from", what: this.name }, [ENOENT]) < 0) return undefined;
    return this.#codecs.value("pop from");
  }

  delete(key: unknown): boolean {
    this.owner.assertOpen("delete from", this.name);
    const keyAddress = this.#codecs.encodeKey("delete from", key);
    // SAFETY: the kernel reads a key, which is what the codecs keep there.
    const result = this.#calls.functions.bpf_map_delete_elem(this.#fd, keyAddress);
    return checkResult(result, { operation: "delete an entry of", what: this.name }, [ENOENT]) >= 0;
  }

  *entries(): Generator<readonly [unknown, unknown]> {
    const codecs = this.#codecs;
    for (const { keys, keyOffset, values, valueOffset } of this.#rawEntries()) {
      yield [codecs.key("read", keys, keyOffset), codecs.value("read", values, valueOffset)] as const;
    }
  }

  *keys(): Generator<unknown> {
    for (const { keys, keyOffset } of this.#rawEntries()) yield this.#codecs.key("read", keys, keyOffset);
  }

  readInto(target: Uint8Array): void {
    this.#arrayReader().readInto(target);
  }

  readItemInto(index: number, target: Uint8Array, byteOffset = 0): void {
    this.#arrayReader().readItemInto(index, target, byteOffset);
  }

  live(): LiveArray<unknown> {
    this.owner.assertOpen("map", this.name);
    const layout = this.#codecs.valueLayout;
    if (layout === null || this.kind !== "array" || (this.#info.flags & BPF_F_MMAPABLE) === 0) {
      throw new TypeError(
        `Cannot map "${this.name}" into memory: it is not an array with BPF_F_MMAPABLE. Declare it with __uint(map_flags, BPF_F_MMAPABLE).`,
      );
    }
    const { name, owner, maxEntries: length } = this;
    const stride = roundUpTo8(this.valueSize);
    const byteLength = roundUpToPages(stride * length);
    const isWritable = (this.#info.flags & BPF_F_RDONLY) === 0;
    const memory = new MappedMemory({ what: name, byteLength, fd: this.#fd, isWritable });
    const handle = owner.own(memory);
    return new MappedArray({ name, owner, memory, handle, length, stride, layout });
  }

  pin(path: string): void {
    this.owner.assertOpen("pin", this.name);
    pinDescriptor(this.#fd, this.name, path);
  }

  *#rawEntries(): Generator<RawEntry> {
    const { name, maxEntries, keySize, stride } = this;
    const assertOpen = (): void => this.owner.assertOpen("read", name);
    if (keySize === 0) throw new TypeError(`Cannot read the entries of "${name}": a ${this.kind} has no keys.`);
    assertOpen();
    yield* readEntries({ name, fd: this.#fd, maxEntries, keySize, stride, assertOpen }, this.#calls);
  }

  #arrayReader(): ArrayReader {
    this.owner.assertOpen("read", this.name);
    if (this.kind !== "array" && this.kind !== "percpu_array") {
      throw new TypeError(
        `Cannot read "${this.name}" as an array: it is a map of kind ${this.kind}. Use get or entries.`,
      );
    }
    const { name, maxEntries, stride } = this;
    this.#reader ??= new ArrayReader({ name, fd: this.#fd, maxEntries, stride }, this.#calls);
    return this.#reader;
  }

  #assertQueue(operation: string): void {
    this.owner.assertOpen(operation, this.name);
    if (this.kind === "queue" || this.kind === "stack") return;
    throw new TypeError(
      `Cannot ${operation} "${this.name}": it is a map of kind ${this.kind}. Only queues and stacks can.`,
    );
  }
}
