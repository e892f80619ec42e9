import type { LibbpfTarget } from "../libbpf-target.ts";
import type { SharedObject } from "./shared-object.ts";

/** The newest glibc whose functions a file may ask for: Debian 10, RHEL 8 and what came after have it. */
const NEWEST_GLIBC = [2, 28] as const;
const LARGEST_BYTES = 640 * 1024;

/** Libraries that a file may need. Of glibc the dynamic linker is a part, which every process on it has loaded. */
const NEEDED: Readonly<Record<LibbpfTarget, readonly string[]>> = {
  "linux-x64-glibc": ["libc.so.6", "ld-linux-x86-64.so.2"],
  "linux-x64-musl": ["libc.so"],
  "linux-arm64-glibc": ["libc.so.6", "ld-linux-aarch64.so.1"],
  "linux-arm64-musl": ["libc.so"],
};

const PUBLIC_NAME = /^(bpf_|btf_|libbpf_|perf_buffer__|ring__|ring_buffer__|user_ring_buffer__|irqtrace_)/;
const EXPECTED = [
  ...["bpf_object__open_mem", "bpf_object__load", "bpf_map_lookup_batch", "btf__raw_data", "libbpf_set_print"],
  ...["ring_buffer__consume", "btf__permute", "irqtrace_shim_version"],
  ...["irqtrace_log_start", "irqtrace_log_stop", "irqtrace_log_read"],
  ...["irqtrace_ring_ready", "irqtrace_ring_release", "irqtrace_ring_drain"],
];
// Were these not asked for, they would be in the file: taken from a static C library.
const EXPECTED_OF_LIBC = ["malloc", "memcpy", "strerror", "syscall", "fopen"];

/** Everything in which a libbpf.so is not what this package promises. */
export function faultsOf(object: SharedObject, byteLength: number, target: LibbpfTarget): readonly string[] {
  const faults = Object.entries(wrongs(object, target)).flatMap(([fault, isSo]) => (isSo ? [fault] : []));
  const newest = newestGlibc(object);
  const names = new Set(object.exports.map(({ name }) => name));
  const imported = new Set(object.imports.map(({ name }) => name));
  const unneeded = object.needed.filter((name) => !NEEDED[target].includes(name));
  if (byteLength > LARGEST_BYTES) faults.push(`has ${byteLength} bytes, more than ${LARGEST_BYTES}`);
  if (unneeded.length > 0) faults.push(`needs ${unneeded.join(", ")}`);
  if (newest !== null && isNewer(newest, NEWEST_GLIBC)) faults.push(`needs glibc ${newest.join(".")}`);
  for (const name of EXPECTED) if (!names.has(name)) faults.push(`does not export ${name}`);
  for (const name of names) if (!PUBLIC_NAME.test(name)) faults.push(`exports ${name}`);
  for (const name of EXPECTED_OF_LIBC) if (!imported.has(name)) faults.push(`does not take ${name} from libc`);
  return faults;
}

function wrongs(object: SharedObject, target: LibbpfTarget): Readonly<Record<string, boolean>> {
  return {
    "is for another processor": !target.includes(`-${object.machine}-`),
    "is bound to versions of glibc": target.endsWith("-musl") && newestGlibc(object) !== null,
    "does not need libc": !object.needed.some((name) => name.startsWith("libc.so")),
    "names folders to search libraries in": object.searchPaths.length > 0,
    "has relocations in its code": object.hasTextRelocations,
    "is not bound when opened": !object.bindsNow,
    "leaves the linker's tables writable": !object.hasRelro,
    "asks for an executable stack": object.hasExecutableStack,
    "has code that is writable": object.hasWritableCode,
    "is not stripped": object.sections.some((name) => name === ".symtab" || name.startsWith(".debug")),
  };
}

/** The newest version of glibc among the symbols asked for; null where none has a version. */
export function newestGlibc(object: SharedObject): readonly number[] | null {
  const versions = object.imports.flatMap(({ version }) => /^GLIBC_([\d.]+)$/.exec(version ?? "")?.[1] ?? []);
  const numbers = versions.map((version) => version.split(".").map(Number));
  return numbers.reduce<readonly number[] | null>(
    (newest, next) => (newest === null || isNewer(next, newest) ? next : newest),
    null,
  );
}

function isNewer(left: readonly number[], right: readonly number[]): boolean {
  const [major = 0, minor = 0, patch = 0] = left;
  const [otherMajor = 0, otherMinor = 0, otherPatch = 0] = right;
  return (major - otherMajor || minor - otherMinor || patch - otherPatch) > 0;
}
