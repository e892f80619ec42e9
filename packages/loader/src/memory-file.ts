import { closeSync, writeSync } from "node:fs";
import { EINVAL, errnoCode } from "./errno-table.ts";
import { addressOf, cString, openLibrary, readI32At, toAddress } from "./ffi.ts";

// musl takes every name that begins like this for its own.
const LIBC = "libc.so.6";
const MFD_CLOEXEC = 1;
/** Says that nobody shall start the file as a program. Linux 6.3 and later have it, and may be set to require it. */
const MFD_NOEXEC_SEAL = 8;

const SIGNATURES = {
  memfd_create: { args: ["ptr", "u32"], returns: "i32" },
  __errno_location: { args: [], returns: "ptr" },
} as const;

/**
 * Gives `use` a path by which the dynamic linker can map the bytes, whatever may be written or executed in the file
 * system. The path ends with the call; what was mapped stays.
 */
export function withMemoryFile<T>(name: string, bytes: Uint8Array, use: (path: string) => T): T {
  const fd = createMemoryFile(name);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
    return use(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

function createMemoryFile(name: string): number {
  const { memfd_create: create, __errno_location: errnoLocation } = openLibrary(LIBC, SIGNATURES);
  const errnoAddress = toAddress(errnoLocation(), "errno");
  const text = cString(name);
  let errno = 0;
  for (const flags of [MFD_CLOEXEC | MFD_NOEXEC_SEAL, MFD_CLOEXEC]) {
    // SAFETY: the name ends with NUL, and the kernel has copied it when the call returns.
    const fd = create(addressOf(text, 0, text.length), flags);
    if (fd >= 0) return fd;
    errno = readI32At(errnoAddress, 0);
    if (errno !== EINVAL) break;
  }
  throw new Error(`the kernel gives no file in memory (memfd_create: ${errnoCode(errno)})`);
}
