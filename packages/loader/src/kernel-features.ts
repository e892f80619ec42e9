import type { MapKind } from "@irqtrace/decode";
import { isKernelBefore } from "./kernel-release.ts";

/** Something that came with a kernel release. */
export interface KernelFeature {
  readonly feature: string;
  readonly minimumVersion: string;
}

/** By section prefix: when the kernel learnt the program type. Longer prefixes first. */
const PROGRAMS: readonly (readonly [prefix: string, minimumVersion: string])[] = [
  ["kprobe.multi", "5.18"],
  ["kretprobe.multi", "5.18"],
  ["uprobe.multi", "6.6"],
  ["raw_tp", "4.17"],
  ["raw_tracepoint", "4.17"],
  ["tp_btf", "5.5"],
  ["fentry", "5.5"],
  ["fexit", "5.5"],
  ["fmod_ret", "5.7"],
  ["lsm", "5.7"],
  ["iter", "5.8"],
  ["sk_lookup", "5.9"],
  ["syscall", "5.14"],
  ["netfilter", "6.4"],
  ["tcx", "6.6"],
  ["struct_ops", "5.6"],
];

/** When the kernel learnt the map type, for those younger than 5.0. */
const MAPS: Readonly<Partial<Record<MapKind, string>>> = {
  sk_storage: "5.2",
  devmap_hash: "5.4",
  struct_ops: "5.6",
  ringbuf: "5.8",
  inode_storage: "5.10",
  task_storage: "5.11",
  bloom_filter: "5.16",
  user_ringbuf: "6.1",
  cgrp_storage: "6.2",
  arena: "6.9",
};

/** What the running kernel is too old for, if the program's section says so. */
export function missingProgramFeature(section: string): KernelFeature | null {
  const name = section.replace(/^\?/, "");
  const known = PROGRAMS.find(
    ([prefix]) => name === prefix || name.startsWith(`${prefix}/`) || name.startsWith(`${prefix}.`),
  );
  if (known === undefined || !isKernelBefore(known[1])) return null;
  return { feature: `${known[0]} programs`, minimumVersion: known[1] };
}

/** What the running kernel is too old for, if the map's kind says so. */
export function missingMapFeature(kind: MapKind): KernelFeature | null {
  const minimumVersion = MAPS[kind];
  if (minimumVersion === undefined || !isKernelBefore(minimumVersion)) return null;
  return { feature: `${kind} maps`, minimumVersion };
}
