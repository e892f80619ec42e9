import { type MapKind, type MapLayout, mapKind, type TypeLayout } from "@irqtrace/decode";
import { BTF_ARRAY, BTF_PTR, BTF_STRUCT, type Btf } from "./btf.ts";
import type { BtfLayouts } from "./btf-layout.ts";
import { malformed } from "./elf.ts";

/** Map types whose keys are indices from 0 on. */
const INDEXED_KINDS: readonly MapKind[] = [
  "array",
  "percpu_array",
  "prog_array",
  "perf_event_array",
  "cgroup_array",
  "array_of_maps",
];

/** Map types whose values are file descriptors when written and ids when read. */
const DESCRIPTOR_KINDS: readonly MapKind[] = [
  "prog_array",
  "perf_event_array",
  "cgroup_array",
  "array_of_maps",
  "hash_of_maps",
];

/** Map types without keys and values in this sense. */
const STREAM_KINDS: readonly MapKind[] = ["ringbuf", "user_ringbuf", "arena"];

/** Whether the keys of such maps are indices from 0 on. */
export function isIndexedKind(kind: MapKind): boolean {
  return INDEXED_KINDS.includes(kind);
}

/** Whether the values of such maps are file descriptors when written and ids when read. */
export function isDescriptorKind(kind: MapKind): boolean {
  return DESCRIPTOR_KINDS.includes(kind);
}

/**
 * A map of the `.maps` section. libbpf encodes its definition in types: a number N is a pointer to an array of N ints, a
 * type is a pointer to it (`__uint` and `__type` of bpf_helpers.h).
 */
export function readMapDefinition(
  btf: Btf,
  layouts: BtfLayouts,
  name: string,
  typeId: number,
  what: string,
): MapLayout {
  const definition = btf.resolve(typeId);
  if (definition.kind !== BTF_STRUCT) throw malformed(what, `its map "${name}" is not defined by a struct`);
  const numbers = new Map<string, number>();
  const types = new Map<string, number>();
  for (const member of btf.members(definition)) {
    const pointer = btf.resolve(member.type);
    if (pointer.kind !== BTF_PTR || pointer.sizeOrType === 0) continue;
    if (member.name === "key" || member.name === "value") types.set(member.name, pointer.sizeOrType);
    const target = btf.resolve(pointer.sizeOrType);
    if (target.kind === BTF_ARRAY) numbers.set(member.name, btf.array(target).length);
  }
  const kind = mapKind(numbers.get("type") ?? 0);
  const part = (side: "key" | "value"): TypeLayout | null => {
    if (STREAM_KINDS.includes(kind)) return null;
    const id = types.get(side);
    const size = numbers.get(`${side}_size`) ?? 0;
    return id === undefined ? untypedPart(kind, side, size) : layouts.layout(id, name);
  };
  return { kind, maxEntries: numbers.get("max_entries") ?? 0, key: part("key"), value: part("value") };
}

/** The layout of a key or value of which the size alone is known. */
export function untypedPart(kind: MapKind, side: "key" | "value", size: number): TypeLayout | null {
  if (size === 0) return null;
  const isNumber = side === "key" ? isIndexedKind(kind) || kind === "stack_trace" : isDescriptorKind(kind);
  if (isNumber && size === 4) return "u32";
  // Stack traces are addresses, too large for a number.
  if (kind === "stack_trace" && size % 8 === 0) return { kind: "array", length: size / 8, stride: 8, of: "u64" };
  return { kind: "bytes", size };
}
