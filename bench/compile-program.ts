import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLANG = "clang-19";
const HEADERS = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;

/** Names of the benchmark's own BPF programs, in the folder programs. */
export const PROGRAM_FILES = ["empty", "floor", "layouts", "ring", "sandwich"] as const;
export type ProgramFile = (typeof PROGRAM_FILES)[number];

/** Builds one of the benchmark's BPF objects, with macros defined. */
export function compileProgram(name: ProgramFile, macros: readonly string[] = []): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-bench-"));
  try {
    const object = join(folder, `${name}.bpf.o`);
    const flags = ["-target", "bpf", "-O2", "-g", "-mcpu=v3", "-Wall", "-Werror", "-idirafter", HEADERS];
    const source = join(import.meta.dir, "programs", `${name}.bpf.c`);
    const defines = macros.map((macro) => `-D${macro}`);
    const { success, stderr } = Bun.spawnSync([CLANG, ...flags, ...defines, "-c", source, "-o", object]);
    if (!success) throw new Error(`Cannot build ${source}:\n${stderr}`);
    return new Uint8Array(readFileSync(object));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
