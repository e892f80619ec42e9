import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { openSuite } from "../debian/debian-packages.ts";
import type { BuildTarget } from "./build-targets.ts";

/** Headers and libraries to build against, unpacked from one Debian suite whatever this machine runs. */
export interface Sysroot {
  readonly folder: string;
  /** Versions of the packages it is made of, by their names. */
  readonly versions: Readonly<Record<string, string>>;
}

// A suite that clang-19 is packaged for, and old enough that its headers ask for no recent symbols of glibc.
const SUITE = "bookworm";
const PACKAGES = ["libc6", "libc6-dev", "linux-libc-dev", "musl", "musl-dev"] as const;
const VERSIONS_FILE = "versions.json";

/** The sysroot of an architecture, with both C libraries; from `cache` once it is there. */
export async function openSysroot(architecture: "amd64" | "arm64", cache: string): Promise<Sysroot> {
  const folder = `${cache}/sysroot-${SUITE}-${architecture}`;
  if (!existsSync(`${folder}/${VERSIONS_FILE}`)) await makeSysroot(architecture, cache, folder);
  return { folder, versions: JSON.parse(readFileSync(`${folder}/${VERSIONS_FILE}`, "utf8")) };
}

async function makeSysroot(architecture: "amd64" | "arm64", cache: string, folder: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(`${cache}/.sysroot-`);
  try {
    const suite = await openSuite(SUITE, architecture, `${work}/apt`);
    const tree = `${work}/tree`;
    await suite.unpack(PACKAGES, tree);
    addKernelHeaders(tree, architecture === "amd64" ? "x86_64-linux-gnu" : "aarch64-linux-gnu");
    const versions: Record<string, string> = {};
    for (const name of PACKAGES) versions[name] = await suite.version(name);
    writeFileSync(`${tree}/${VERSIONS_FILE}`, JSON.stringify(versions));
    rmSync(folder, { recursive: true, force: true });
    renameSync(tree, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The kernel's headers in a folder of their own: where they lie, musl's builds would find glibc's headers too. */
function addKernelHeaders(tree: string, multiarch: string): void {
  mkdirSync(`${tree}/kernel-headers`);
  symlinkSync("../usr/include/linux", `${tree}/kernel-headers/linux`);
  symlinkSync("../usr/include/asm-generic", `${tree}/kernel-headers/asm-generic`);
  symlinkSync(`../usr/include/${multiarch}/asm`, `${tree}/kernel-headers/asm`);
}

/** Compiler flags that make the sysroot's headers the only ones beside the compiler's own. */
export function headerFlags(sysroot: Sysroot, target: BuildTarget): readonly string[] {
  const folders = target.isMusl
    ? [`usr/include/${target.triple}`, "kernel-headers"]
    : [`usr/include/${target.triple}`, "usr/include"];
  return ["-nostdlibinc", ...folders.flatMap((folder) => ["-isystem", `${sysroot.folder}/${folder}`])];
}
