import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What this process holds. */
export interface ProcessSample {
  readonly atNs: number;
  readonly rssBytes: number;
  /** The part of it that is no file: the kernel takes pages of files away and gives them back as it likes. */
  readonly anonymousBytes: number;
  readonly descriptors: number;
  /** Those of the descriptors that hold maps, programs and links of BPF. */
  readonly maps: number;
  readonly programs: number;
  readonly links: number;
  /** Regions of memory that map a BPF map: they hold it without a descriptor. */
  readonly mappedMaps: number;
}

/** What of a sample has to stay as it is. */
export const COUNTS: readonly ("descriptors" | "maps" | "programs" | "links" | "mappedMaps")[] = [
  "descriptors",
  "maps",
  "programs",
  "links",
  "mappedMaps",
];

export function sampleProcess(): ProcessSample {
  const status = readFileSync("/proc/self/status", "utf8");
  const bytesOf = (field: string): number => {
    const kib = new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)?.[1];
    if (kib === undefined) throw new Error(`/proc/self/status has no ${field}.`);
    return Number(kib) * 1024;
  };
  const descriptors = readdirSync("/proc/self/fd").map(targetOf);
  const held = (kind: string): number => descriptors.filter((target) => target === `anon_inode:${kind}`).length;
  const regions = readFileSync("/proc/self/maps", "utf8");
  return {
    atNs: Bun.nanoseconds(),
    rssBytes: bytesOf("VmRSS"),
    anonymousBytes: bytesOf("RssAnon"),
    descriptors: descriptors.length,
    maps: held("bpf-map"),
    programs: held("bpf-prog"),
    links: held("bpf_link"),
    mappedMaps: regions.split("anon_inode:bpf-map").length - 1,
  };
}

/** The descriptor through which the list was read is gone by now. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
