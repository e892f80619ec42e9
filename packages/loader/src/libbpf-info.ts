import { readFileSync } from "node:fs";
import { basename, isAbsolute } from "node:path";
import type { LibbpfSource } from "./find-libbpf.ts";
import { nativeCalls } from "./native-calls.ts";

/** A libbpf in use. */
export interface LibbpfInfo {
  /** Of the file; one in a single-file executable has the path by which Bun knows it. */
  readonly path: string;
  /** Major and minor, which is what libbpf tells: such as "1.7". */
  readonly version: string;
  readonly source: LibbpfSource;
  /** What is wrong with the bundled one, where the system's is used in its place. */
  readonly whyNotBundled?: string;
}

/**
 * The libbpf in use: the one that IRQTRACE_LIBBPF names, else that of the package @irqtrace/libbpf, else the system's.
 *
 * @throws {@link UnsupportedPlatformError} if there is none
 *
 * @example
 * ```ts
 * import { libbpf, UnsupportedPlatformError } from "@irqtrace/loader";
 *
 * try {
 *   const { path, version, source } = libbpf();
 *   // Such as: libbpf 1.7, /srv/tool/node_modules/@irqtrace/libbpf/prebuilt/linux-x64-glibc/libbpf.so (bundled)
 *   console.log(`libbpf ${version}, ${path} (${source})`);
 * } catch (error) {
 *   if (!(error instanceof UnsupportedPlatformError)) throw error;
 * }
 * ```
 */
export function libbpf(): LibbpfInfo {
  const { found, functions } = nativeCalls();
  const version = `${functions.libbpf_major_version()}.${functions.libbpf_minor_version()}`;
  const { request, source, whyNotBundled } = found;
  const path = isAbsolute(request) ? request : mappedPath(request);
  return { path, version, source, ...(whyNotBundled === null ? {} : { whyNotBundled }) };
}

// The dynamic linker found the file; the process's mappings say where.
function mappedPath(name: string): string {
  const mappings = readFileSync("/proc/self/maps", "utf8").split("\n");
  const paths = mappings.map((line) => line.slice(line.indexOf("/")));
  const pathOf = (start: string): string | undefined => paths.find((path) => basename(path).startsWith(start));
  // A link of that name may lead to a file without its number.
  return pathOf(name) ?? pathOf(name.replace(/\.\d+$/, "")) ?? name;
}
