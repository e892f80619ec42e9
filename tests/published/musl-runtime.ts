/**
 * What an executable for musl needs besides itself: musl, and a libstdc++ for it, as distributions with musl have. Debian has
 * the one, and of the other only an archive for glibc, from which the few functions that Bun takes are linked against musl.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readSharedObject } from "../../packages/libbpf/src/testing/shared-object.ts";
import { runCommand } from "../../scripts/debian/run-command.ts";
import { BUILD_TARGETS } from "../../scripts/libbpf/build-targets.ts";
import { CLANG, LINKER } from "../../scripts/libbpf/compile-library.ts";
import { headerFlags, openSysroot } from "../../scripts/libbpf/sysroot.ts";
import { giveToInvokingUser } from "../../scripts/release/give-to-invoking-user.ts";
import { debianTree } from "./debian-tree.ts";

/** A file and where an executable looks for it. */
export interface RuntimeFile {
  readonly source: string;
  readonly path: string;
}

const NAMES = {
  "linux-x64-musl": { machine: "x86_64", gcc: "x86_64-linux-gnu" },
  "linux-arm64-musl": { machine: "aarch64", gcc: "aarch64-linux-gnu" },
} as const;

const cache = join(dirname(dirname(import.meta.dir)), ".cache/libbpf");
const GCC_PACKAGES = ["libstdc++-12-dev", "libgcc-12-dev"];

/** Builds the runtime for an executable, in a folder. */
export async function muslRuntime(
  name: keyof typeof NAMES,
  executable: string,
  folder: string,
): Promise<readonly RuntimeFile[]> {
  const target = BUILD_TARGETS[name];
  const { machine, gcc } = NAMES[name];
  const sysroot = await openSysroot(target.debianArchitecture, cache);
  giveToInvokingUser(cache);
  const archives = join(
    await debianTree("bookworm", target.debianArchitecture, GCC_PACKAGES),
    "usr/lib/gcc",
    gcc,
    "12",
  );
  mkdirSync(folder, { recursive: true });
  const [object, map] = [join(folder, "musl-runtime.o"), join(folder, "exports.map")];
  const source = join(import.meta.dir, "musl-runtime.c");
  const flags = [`--target=${target.triple}`, "-O2", "-fPIC", "-Wall", "-Wextra", "-Werror"];
  await runCommand([CLANG, ...flags, ...headerFlags(sysroot, target), "-c", source, "-o", object]);

  const wanted = symbolsOf(executable);
  writeFileSync(map, `{ global: ${wanted.map((symbol) => `${symbol};`).join(" ")} local: *; };\n`);
  const library = join(folder, "libstdc++.so.6");
  const musl = join(sysroot.folder, "lib", target.triple, "libc.so");
  await runCommand([
    ...[LINKER, "-m", target.emulation, "-shared", "--soname=libstdc++.so.6", "--gc-sections"],
    // Most are musl's own.
    ...["--undefined-version", `--version-script=${map}`, ...wanted.flatMap((symbol) => ["-u", symbol])],
    ...[object, ...["libstdc++.a", "libgcc_eh.a", "libgcc.a"].map((archive) => join(archives, archive))],
    // By name in a folder: it has no name of its own, and a path would be recorded as it is.
    ...[`-L${dirname(musl)}`, "-l:libc.so", "-o", library],
  ]);
  return [
    { source: musl, path: `lib/ld-musl-${machine}.so.1` },
    { source: musl, path: `lib/libc.musl-${machine}.so.1` },
    { source: library, path: "lib/libstdc++.so.6" },
  ];
}

/** What an executable takes from libraries: undefined in it, or room for a copy, as for the tables of types. */
function symbolsOf(executable: string): readonly string[] {
  const { imports, exports } = readSharedObject(readFileSync(executable));
  const copies = exports.filter(({ name }) => name.startsWith("_ZTVN10__cxxabiv1"));
  return [...imports, ...copies].map(({ name }) => name);
}
