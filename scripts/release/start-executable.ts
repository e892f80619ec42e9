/** Where a single-file executable begins: its libbpf is inside of it and is loaded from memory. */
import { dlopen } from "bun:ffi";
import { readFileSync, writeSync } from "node:fs";
import { main } from "../../apps/cli/src/main.ts";
import { createProcessEnvironment } from "../../apps/cli/src/process-environment.ts";

const MFD_CLOEXEC = 1;

/** Runs the command line; `libbpf` is where Bun shows the embedded file, `libc` the name that the linker knows libc by. */
export async function startExecutable(libbpf: string, libc: string): Promise<void> {
  // Both belong to the launcher of the package. Here nobody but who starts this could have set them.
  process.env["IRQTRACE_PROGRAM"] = process.execPath;
  process.env["IRQTRACE_CWD"] = process.cwd();
  process.env["IRQTRACE_LIBBPF"] ||= inMemory(readFileSync(libbpf), libc);
  process.exit(await main(process.argv.slice(2), createProcessEnvironment()));
}

/**
 * Puts a library where the dynamic linker can map it, whatever may be written or executed in the file system. Bun's own
 * way leads through the temporary directory, which may be missing, or mounted noexec. The file lives as long as the process.
 */
function inMemory(library: Uint8Array, libc: string): string {
  const { symbols } = dlopen(libc, { memfd_create: { args: ["ptr", "u32"], returns: "i32" } });
  const name = Buffer.from("libbpf\0");
  // SAFETY: the name ends with NUL, and is kept until the call returns.
  const fd = symbols.memfd_create(name, MFD_CLOEXEC);
  if (fd < 0) throw new Error("Cannot load libbpf: the kernel gives no memory file (memfd_create).");
  for (let written = 0; written < library.length; ) written += writeSync(fd, library, written);
  return `/proc/self/fd/${fd}`;
}
