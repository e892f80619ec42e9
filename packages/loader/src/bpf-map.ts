import type { MapCpuValue, MapKey, MapKind, MapLayout, MapValue } from "@irqtrace/decode";
import type { LiveArray } from "./live-array.ts";

/** Whether {@link BpfMap.set} may create an entry or replace one. */
export type SetMode = "any" | "create" | "replace";

// Distributes over unions of kinds: a map whose kind is chosen at run time holds one or the other.
type StoredValue<M extends MapLayout, K> = K extends MapKind
  ? MapValue<{ kind: K; maxEntries: number; key: M["key"]; value: M["value"] }>
  : never;

/**
 * What a map holds under one key: for per-CPU kinds one value for each of {@link possibleCpus}, else one value.
 *
 * @example
 * ```ts
 * import type { BpfMapValue } from "@irqtrace/loader";
 *
 * const counts: BpfMapValue<{ kind: "percpu_array"; maxEntries: 4; key: "u32"; value: "u53" }> = [17, 0];
 * console.log(counts.length); // 2
 * ```
 */
export type BpfMapValue<M extends MapLayout> = StoredValue<M, M["kind"]>;

/**
 * A map in the kernel. Keys and values have the types of the object's schema; indices of arrays are keys.
 *
 * Reads copy: what they return does not change later. The map ends with the object (or the pin handle) it came from.
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqs } from "@irqtrace/bpf-objects/layouts";
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject } from "@irqtrace/loader";
 *
 * using loaded = openObject(softirqsObject(), softirqs).load();
 * for (const [vector, cpus] of loaded.map("vectors").entries()) {
 *   console.log(vector, cpus.reduce((sum, { banks }) => sum + (banks[0]?.count ?? 0), 0));
 * }
 * ```
 */
export interface BpfMap<M extends MapLayout = MapLayout> {
  /** The name in the object's source; of pinned maps opened by path, the kernel's, which it cuts at 15 characters. */
  readonly name: string;
  readonly kind: M["kind"];
  readonly maxEntries: number;
  /** Bytes of a key; 0 for maps without keys. */
  readonly keySize: number;
  /** Bytes of a value; of one CPU's value for per-CPU kinds. */
  readonly valueSize: number;
  /** Bytes of one item in {@link readInto}: the value size; for per-CPU kinds it is rounded up to 8, times the possible CPUs. */
  readonly stride: number;
  /** The descriptor, for system calls of your own. It closes with the object. */
  readonly fd: number;

  /** Reads one entry; `undefined` if there is none. */
  get(key: MapKey<M>): BpfMapValue<M> | undefined;
  /**
   * Writes one entry. Maps of descriptors (cgroup_array, prog_array, …) take a descriptor. Throws a BpfError with code
   * E2BIG if the map is full.
   */
  set(key: MapKey<M>, value: BpfMapValue<M>, mode?: SetMode): void;
  /** Adds a value to a queue or a stack. Throws a BpfError with code E2BIG if it is full. */
  push(value: BpfMapValue<M>): void;
  /** Takes the next value from a queue or a stack; `undefined` if it is empty. */
  pop(): BpfMapValue<M> | undefined;
  /** Removes one entry; `false` if there was none. Array items cannot be removed. */
  delete(key: MapKey<M>): boolean;
  /** All entries, read in batches where the kernel has them. Entries that come or go meanwhile may or may not appear. */
  entries(): IterableIterator<readonly [key: MapKey<M>, value: BpfMapValue<M>]>;
  /** All keys, as {@link entries} finds them. */
  keys(): IterableIterator<MapKey<M>>;

  /**
   * Reads an array map (kinds array and percpu_array) from its first item on, as many items of `stride` bytes as the
   * target holds: `maxEntries * stride` bytes are the whole map. One system call where the kernel has batches.
   *
   * @throws RangeError if the target is larger than the map or not a whole number of items
   */
  readInto(target: Uint8Array): void;
  /** Reads one item of an array map to a place in the target: `stride` bytes. */
  readItemInto(index: number, target: Uint8Array, byteOffset?: number): void;
  /** Maps the items of an mmapable array (BPF_F_MMAPABLE) into memory, where they stay current. */
  live(): LiveArray<MapCpuValue<M>>;
  /** Makes the map outlive this process under a path of a mounted bpffs. */
  pin(path: string): void;
}
