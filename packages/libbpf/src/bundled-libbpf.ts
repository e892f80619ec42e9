import { existsSync, readFileSync } from "node:fs";
import { libbpfTarget } from "./libbpf-target.ts";

/** The version of libbpf in every file of this package. */
export const LIBBPF_VERSION = "1.7.0";

/** A libbpf.so that came with this package. */
export interface BundledLibbpf {
  /** Of the file, absolute. */
  readonly path: string;
  /** Such as "1.7.0". */
  readonly version: string;
}

const PACKAGE = "@irqtrace/libbpf";

let embeddedPath: string | undefined;

/**
 * The bundled libbpf for this process: for its processor, and for the C library that it runs on.
 *
 * It also holds the functions of the shim: the package's src/shim/irqtrace-shim.h declares them.
 *
 * @returns null on a machine that no file was built for, and in a bundle or a single-file executable that was told of none
 *   by {@link embedLibbpf}
 *
 * @example
 * ```ts
 * import { bundledLibbpf } from "@irqtrace/libbpf";
 *
 * const bundled = bundledLibbpf();
 * console.log(bundled === null ? "the system's libbpf.so.1" : `${bundled.path}, version ${bundled.version}`);
 * ```
 */
export function bundledLibbpf(): BundledLibbpf | null {
  if (embeddedPath !== undefined) return { path: embeddedPath, version: LIBBPF_VERSION };
  const target = libbpfTarget();
  if (target === null || !isInPackage(import.meta.url)) return null;
  const path = Bun.fileURLToPath(new URL(`../prebuilt/${target}/libbpf.so`, import.meta.url));
  return existsSync(path) ? { path, version: LIBBPF_VERSION } : null;
}

/**
 * Whether a module's address is that of this package's code in the package. A bundle lies elsewhere, also in a folder of
 * the same name, and what lies beside that may be anyone's: a library must not be taken from there, least of all by root.
 */
export function isInPackage(moduleUrl: string): boolean {
  if (!/^file:.*\/(src\/bundled-libbpf\.ts|dist\/index\.js)$/.test(moduleUrl)) return false;
  const manifest = Bun.fileURLToPath(new URL("../package.json", moduleUrl));
  return existsSync(manifest) && nameIn(readFileSync(manifest, "utf8")) === PACKAGE;
}

function nameIn(manifest: string): unknown {
  try {
    const { name }: { readonly name?: unknown } = JSON.parse(manifest);
    return name;
  } catch (error) {
    // Not of a package, then.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Names the file that {@link bundledLibbpf} gives from now on: for bundles and single-file executables, which the package's
 * own files are not part of. Import the one file that the executable is for with `{ type: "file" }`.
 *
 * @param path - absolute; in an executable built by Bun such a path is one that only Bun can read, so that the bytes have to
 *   be put where the dynamic linker finds them
 * @throws TypeError if the path is not absolute
 *
 * @example
 * ```ts
 * import { bundledLibbpf, embedLibbpf } from "@irqtrace/libbpf";
 *
 * // import path from "@irqtrace/libbpf/prebuilt/linux-x64-glibc/libbpf.so" with { type: "file" };
 * const path = "/$bunfs/root/libbpf-3x6p.so";
 * embedLibbpf(path);
 * console.log(bundledLibbpf()?.path); // "/$bunfs/root/libbpf-3x6p.so"
 * ```
 */
export function embedLibbpf(path: string): void {
  if (!path.startsWith("/")) {
    throw new TypeError(`Cannot embed "${path}": it is not an absolute path. Import the file with { type: "file" }.`);
  }
  embeddedPath = path;
}
