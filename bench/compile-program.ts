import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLANG = "clang-19";
const HEADERS = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;

/** Names of the benchmark's own BPF programs, in the folder programs. */
export type ProgramFile = "empty" | "floor" | "sandwich" | "ring";

/** Builds one of the benchmark's BPF objects. */
export function compileProgram(name: ProgramFile): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-bench-"));
  try {
    const object = join(folder, `${name}.bpf.o`);
    const flags = ["-target", "bpf", "-O2", "-g", "-mcpu=v3", "-Wall", "-Werror", "-idirafter", HEADERS];
    const source = join(import.meta.dir, "programs", `${name}.bpf.c`);
    const { success, stderr } = Bun.spawnSync([CLANG, ...flags, "-c", source, "-o", object]);
    if (!success) throw new Error(`Cannot build ${source}:\n${stderr}`);
    return new Uint8Array(readFileSync(object));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
