import { type MapKind, mapKind } from "@irqtrace/decode";
import { checkResult } from "./check.ts";
import { scratch } from "./ffi.ts";
import { nativeCalls, startOf } from "./native-calls.ts";

/** What the kernel says of a map (struct bpf_map_info of linux/bpf.h). */
export interface KernelMapInfo {
  readonly id: number;
  readonly kind: MapKind;
  readonly keySize: number;
  /** Bytes of one value; of one CPU's value for per-CPU maps. */
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** The kernel keeps 15 characters. */
  readonly name: string;
}

/** Where the fields of struct bpf_map_info lie; held to the C by a test. */
export const MAP_INFO_OFFSETS = {
  type: 0,
  id: 4,
  key_size: 8,
  value_size: 12,
  max_entries: 16,
  map_flags: 20,
  name: 24,
} as const;
const NAME_BYTES = 16;
const INFO_BYTES = MAP_INFO_OFFSETS.name + NAME_BYTES;

/** Asks the kernel what the map behind a descriptor is. */
export function kernelMapInfo(fd: number, what: string): KernelMapInfo {
  const info = scratch(INFO_BYTES);
  const length = new Uint32Array(new ArrayBuffer(4));
  length[0] = INFO_BYTES;
  // SAFETY: the kernel writes at most the length given, which is the buffer's.
  const result = nativeCalls().functions.bpf_obj_get_info_by_fd(fd, startOf(info), startOf(length));
  checkResult(result, { operation: "query the map", what });
  const view = new DataView(info.buffer);
  const name = info.subarray(MAP_INFO_OFFSETS.name);
  const nameEnd = name.indexOf(0);
  return {
    id: view.getUint32(MAP_INFO_OFFSETS.id, true),
    kind: mapKind(view.getUint32(MAP_INFO_OFFSETS.type, true)),
    keySize: view.getUint32(MAP_INFO_OFFSETS.key_size, true),
    valueSize: view.getUint32(MAP_INFO_OFFSETS.value_size, true),
    maxEntries: view.getUint32(MAP_INFO_OFFSETS.max_entries, true),
    flags: view.getUint32(MAP_INFO_OFFSETS.map_flags, true),
    name: new TextDecoder().decode(name.subarray(0, nameEnd < 0 ? NAME_BYTES : nameEnd)),
  };
}
