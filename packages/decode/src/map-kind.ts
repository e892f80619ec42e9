/**
 * The kernel's map types by number, in its own words and lower case (`enum bpf_map_type` of linux/bpf.h without the
 * prefix): `MAP_KINDS[1]` is `"hash"`.
 *
 * @example
 * ```ts
 * import { MAP_KINDS } from "@irqtrace/decode";
 *
 * console.log(MAP_KINDS[6]); // percpu_array
 * ```
 */
export const MAP_KINDS = [
  "unspec",
  "hash",
  "array",
  "prog_array",
  "perf_event_array",
  "percpu_hash",
  "percpu_array",
  "stack_trace",
  "cgroup_array",
  "lru_hash",
  "lru_percpu_hash",
  "lpm_trie",
  "array_of_maps",
  "hash_of_maps",
  "devmap",
  "sockmap",
  "cpumap",
  "xskmap",
  "sockhash",
  "cgroup_storage",
  "reuseport_sockarray",
  "percpu_cgroup_storage",
  "queue",
  "stack",
  "sk_storage",
  "devmap_hash",
  "struct_ops",
  "ringbuf",
  "inode_storage",
  "task_storage",
  "bloom_filter",
  "user_ringbuf",
  "cgrp_storage",
  "arena",
] as const;

/**
 * A kernel map type, or `"other"` for one that is newer than this list.
 *
 * @example
 * ```ts
 * import { isPerCpuKind, type MapKind } from "@irqtrace/decode";
 *
 * const kind: MapKind = "lru_percpu_hash";
 * console.log(isPerCpuKind(kind)); // true
 * ```
 */
export type MapKind = (typeof MAP_KINDS)[number] | "other";

/**
 * The map types that hold one value per possible CPU under each key.
 *
 * @example
 * ```ts
 * import type { MapKind, PerCpuKind } from "@irqtrace/decode";
 *
 * const shared: Exclude<MapKind, PerCpuKind> = "array";
 * console.log(shared); // array
 * ```
 */
export type PerCpuKind = "percpu_hash" | "percpu_array" | "lru_percpu_hash" | "percpu_cgroup_storage";

/**
 * The map type of a number that came from BTF or from the kernel.
 *
 * @example
 * ```ts
 * import { mapKind } from "@irqtrace/decode";
 *
 * console.log(mapKind(27), mapKind(1000)); // ringbuf other
 * ```
 */
export function mapKind(type: number): MapKind {
  return MAP_KINDS[type] ?? "other";
}

/**
 * Whether maps of this type hold one value per possible CPU under each key.
 *
 * @example
 * ```ts
 * import { isPerCpuKind } from "@irqtrace/decode";
 *
 * console.log(isPerCpuKind("percpu_array"), isPerCpuKind("array")); // true false
 * ```
 */
export function isPerCpuKind(kind: MapKind): kind is PerCpuKind {
  return (
    kind === "percpu_array" || kind === "percpu_hash" || kind === "lru_percpu_hash" || kind === "percpu_cgroup_storage"
  );
}
