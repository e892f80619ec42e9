import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, relative } from "node:path";
import { runCommand } from "../debian/run-command.ts";
import type { BuildTarget } from "./build-targets.ts";
import { headerFlags, type Sysroot } from "./sysroot.ts";

/** What a library is built from and where the build may write. */
export interface LibraryBuild {
  readonly target: BuildTarget;
  readonly sysroot: Sysroot;
  /** Holds libbpf, elfutils and zlib, unpacked. */
  readonly sources: string;
  /** The src folder of packages/libbpf. */
  readonly packageSources: string;
  /** An empty folder for objects. */
  readonly work: string;
}

interface Unit {
  /** The compiler runs here and is given names relative to it, so that no name of the build's place enters an object. */
  readonly folder: string;
  readonly file: string;
  readonly flags: readonly string[];
}

export const CLANG = "clang-19";
export const LINKER = "ld.lld-19";

const COMMON_FLAGS = [
  ...["-O2", "-fPIC", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections"],
  ...["-fstack-protector-strong", "-fno-ident", "-D_GNU_SOURCE"],
];
// Whoever wrote these sources heeds their warnings.
const FOREIGN = "-w";
const OUR_OWN = ["-std=c11", "-Wall", "-Wextra", "-Werror"];

const LINKER_FLAGS = [
  ...["-shared", "--soname=libbpf-irqtrace.so.1", "--hash-style=gnu", "--gc-sections", "--strip-all", "-O2"],
  ...["-z", "relro", "-z", "now", "-z", "noexecstack", "-z", "text", "-z", "defs"],
  // The library's own calls stay in it, whatever else the process has loaded.
  ...["-Bsymbolic", "--build-id=none", "--no-allow-shlib-undefined"],
  // Whoever prints the stack of a crash finds its way through this library.
  "--eh-frame-hdr",
];

/** Compiles and links one libbpf.so. The same inputs give the same bytes, wherever they lie. */
export async function compileLibrary(build: LibraryBuild, output: string): Promise<void> {
  const { target, sysroot, work } = build;
  mkdirSync(work, { recursive: true });
  const flags = [
    `--target=${target.triple}`,
    ...COMMON_FLAGS,
    ...headerFlags(sysroot, target),
    ...target.compilerFlags,
  ];
  const objects: string[] = [];
  const commands = unitsOf(build).map((unit, index) => {
    const object = `${work}/${String(index).padStart(3, "0")}-${basename(unit.file, ".c")}.o`;
    objects.push(object);
    return { command: [CLANG, ...flags, ...unit.flags, "-c", unit.file, "-o", object], cwd: unit.folder };
  });
  await runAll(commands);

  const exports = `${work}/exports.map`;
  writeFileSync(exports, `${readFileSync(`${build.sources}/libbpf/src/libbpf.map`, "utf8")}\n${OUR_EXPORTS}\n`);
  // By name in a folder: musl's has no name of its own, and a path would be recorded as it is.
  const libraries = [`-L${sysroot.folder}/lib/${target.triple}`, ...target.libraries.map((name) => `-l:${name}`)];
  const linked = ["--as-needed", ...libraries, `--version-script=${exports}`, "-o", output];
  await runCommand([LINKER, "-m", target.emulation, ...LINKER_FLAGS, ...target.linkerFlags, ...objects, ...linked]);
}

const OUR_EXPORTS = "IRQTRACE_1 { global: irqtrace_*; };";

function unitsOf(build: LibraryBuild): readonly Unit[] {
  const { sources, packageSources, target } = build;
  const libelf = `${sources}/elfutils/libelf`;
  const ours = relative(libelf, `${packageSources}/build`);
  const elf = ["-std=gnu99", "-DHAVE_CONFIG_H", `-I${ours}`, "-I.", "-I../lib", "-I../../zlib", FOREIGN];
  const zlib = ["-DHAVE_HIDDEN", "-DHAVE_UNISTD_H", "-DHAVE_STDARG_H", FOREIGN];
  const bpf = [
    "-std=gnu89",
    "-I.",
    "-I../include",
    "-I../include/uapi",
    "-I../../elfutils/libelf",
    "-I../../zlib",
    FOREIGN,
  ];
  const shim = [...OUR_OWN, `-I${relative(`${packageSources}/shim`, `${sources}/libbpf/src`)}`];
  return [
    ...unitsIn(`${sources}/libbpf/src`, bpf),
    ...unitsIn(libelf, elf),
    { folder: libelf, file: "../lib/eu-search.c", flags: elf },
    ...unitsIn(`${sources}/zlib`, zlib),
    ...unitsIn(`${packageSources}/shim`, shim),
    ...(target.isMusl ? [] : [{ folder: `${packageSources}/build`, file: "glibc-floor.c", flags: OUR_OWN }]),
  ];
}

function unitsIn(folder: string, flags: readonly string[]): readonly Unit[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".c"));
  return files.sort().map((file) => ({ folder, file, flags }));
}

/** Runs the commands on every processor, at a low priority; the first error ends it. */
async function runAll(commands: readonly Command[]): Promise<void> {
  const queue = [...commands];
  async function work(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        await runCommand(["nice", ...next.command], { cwd: next.cwd });
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: availableParallelism() }, work));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

interface Command {
  readonly command: readonly string[];
  readonly cwd: string;
}
