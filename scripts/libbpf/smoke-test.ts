import { join } from "node:path";
import { runCommand } from "../debian/run-command.ts";
import type { BuildTarget } from "./build-targets.ts";
import { CLANG, LINKER } from "./compile-library.ts";
import { headerFlags, type Sysroot } from "./sysroot.ts";

const EMULATOR = "qemu-aarch64";
const OBJECT = join(import.meta.dir, "../../packages/bpf-objects/prebuilt/softirqs.bpf.o");

/**
 * Opens a library that was built in a process on the target's own C library, emulated where the processor is another one,
 * and uses it. Throws where it does not work; gives why not where that cannot be tried here.
 */
export async function smokeTest(
  target: BuildTarget,
  sysroot: Sysroot,
  library: string,
  work: string,
): Promise<string | null> {
  const isNative = (target.debianArchitecture === "amd64") === (process.arch === "x64");
  if (!isNative && (target.debianArchitecture !== "arm64" || Bun.which(EMULATOR) === null)) {
    return `${EMULATOR} is not installed`;
  }
  const program = await buildProgram(target, sysroot, work);
  const dynamicLinker = join(sysroot.folder, `lib/${target.triple}`, target.libraries.at(-1) ?? "");
  // Not this machine's libraries: musl's may be missing, and glibc's may be another.
  const run = [dynamicLinker, "--library-path", `${sysroot.folder}/lib/${target.triple}`, program, library, OBJECT];
  await runCommand(isNative ? run : [EMULATOR, ...run]);
  return null;
}

async function buildProgram(target: BuildTarget, sysroot: Sysroot, work: string): Promise<string> {
  const [object, program] = [`${work}/smoke-test.o`, `${work}/smoke-test`];
  const flags = [`--target=${target.triple}`, "-O2", "-fPIE", "-std=c11", "-Wall", "-Wextra", "-Werror"];
  const source = join(import.meta.dir, "smoke-test.c");
  await runCommand([CLANG, ...flags, "-D_GNU_SOURCE", ...headerFlags(sysroot, target), "-c", source, "-o", object]);
  const start = `${sysroot.folder}/usr/lib/${target.triple}/Scrt1.o`;
  const libraries = [`-L${sysroot.folder}/lib/${target.triple}`, ...target.libraries.map((name) => `-l:${name}`)];
  await runCommand([LINKER, "-m", target.emulation, "-pie", start, object, ...libraries, "-o", program]);
  return program;
}
