import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { nativeCalls } from "./native-calls.ts";

/**
 * The libbpf in use.
 *
 * @returns `version` is major and minor, which is what libbpf tells; `path` is the file
 * @throws {@link UnsupportedPlatformError} if there is none
 *
 * @example
 * ```ts
 * import { libbpf, UnsupportedPlatformError } from "@irqtrace/loader";
 *
 * try {
 *   console.log(libbpf()); // { path: "/usr/lib/x86_64-linux-gnu/libbpf.so.1.1.2", version: "1.1" }
 * } catch (error) {
 *   if (!(error instanceof UnsupportedPlatformError)) throw error;
 * }
 * ```
 */
export function libbpf(): { readonly path: string; readonly version: string } {
  const { found, functions } = nativeCalls();
  const version = `${functions.libbpf_major_version()}.${functions.libbpf_minor_version()}`;
  return { path: isAbsolute(found.request) ? found.request : mappedPath(found.request), version };
}

// The dynamic linker found the file; the process's mappings say where.
function mappedPath(name: string): string {
  const stem = name.replace(/\.\d+$/, "");
  const mappings = readFileSync("/proc/self/maps", "utf8").split("\n");
  const paths = mappings.map((line) => line.slice(line.indexOf("/")));
  return paths.find((path) => path.slice(path.lastIndexOf("/") + 1).startsWith(stem)) ?? name;
}
