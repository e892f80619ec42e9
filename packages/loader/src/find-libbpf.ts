import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { bundledPath } from "./bundled-path.ts";
import { UnsupportedPlatformError } from "./errors.ts";
import { type Functions, openLibrary, requireForeignCalls } from "./ffi.ts";
import { withMemoryFile } from "./memory-file.ts";
import { SHIM_SIGNATURES, SIGNATURES } from "./signatures.ts";

/** libbpf's and libc's functions as C offers them: unchecked. */
export type NativeFunctions = Functions<typeof SIGNATURES>;

/** What a bundled libbpf can besides: unchecked as well. */
export type ShimFunctions = Functions<typeof SHIM_SIGNATURES>;

/**
 * Where a libbpf was taken from: the path in IRQTRACE_LIBBPF (`"environment"`), the package @irqtrace/libbpf or the
 * executable itself (`"bundled"`), or the dynamic linker's own search (`"system"`).
 */
export type LibbpfSource = "environment" | "bundled" | "system";

/** An opened libbpf. */
export interface FoundLibbpf {
  readonly source: LibbpfSource;
  /** What was asked for: a path, or a name that the dynamic linker resolves. */
  readonly request: string;
  /** What is wrong with the bundled one, where that was to be used first; else null. */
  readonly whyNotBundled: string | null;
  readonly functions: NativeFunctions;
  /** null in a libbpf that is not of this project, or of another version of it. */
  readonly shim: ShimFunctions | null;
}

/** The variable that names a libbpf to use instead of all others. */
export const LIBBPF_VARIABLE = "IRQTRACE_LIBBPF";

// What the dynamic linker calls every libbpf 1.x.
const SYSTEM_LIBBPF = "libbpf.so.1";
const OLDEST = "1.1";
const SHIM_VERSION = 1;
// Where Bun shows what a single-file executable holds. The dynamic linker does not see it.
const EMBEDDED_FILES = "/$bunfs/";

/** Opens the libbpf that IRQTRACE_LIBBPF names, else the bundled one, else the system's. */
export function findLibbpf(
  environment: Readonly<Record<string, string | undefined>>,
  bundled: () => string | null = bundledPath,
): FoundLibbpf {
  requireForeignCalls();
  const named = environment[LIBBPF_VARIABLE];
  if (named !== undefined && named !== "") return openNamed(named);
  const path = bundled();
  if (path === null) return openSystem(null);
  try {
    return { ...open(path), source: "bundled", whyNotBundled: null };
  } catch (error) {
    if (!(error instanceof UnsupportedPlatformError)) throw error;
    // Such as a C library that the file was not built for: the system's is built for it.
    return openSystem(error);
  }
}

// A relative path would be searched for in the current directory or the linker's: with root's rights, a trap.
function openNamed(path: string): FoundLibbpf {
  if (!isAbsolute(path)) {
    throw new UnsupportedPlatformError(
      `Cannot use ${LIBBPF_VARIABLE} "${path}": it is not an absolute path. Give the full path of a libbpf.so.`,
    );
  }
  try {
    return { ...open(path), source: "environment", whyNotBundled: null };
  } catch (error) {
    throw withAdvice(error, `Set ${LIBBPF_VARIABLE} to the path of a libbpf 1.x, or unset it.`);
  }
}

function openSystem(whyNotBundled: UnsupportedPlatformError | null): FoundLibbpf {
  try {
    return { ...open(SYSTEM_LIBBPF), source: "system", whyNotBundled: whyNotBundled?.message ?? null };
  } catch (error) {
    const advice = `Install libbpf 1.1 or later (Debian: libbpf1, Fedora: libbpf), or set ${LIBBPF_VARIABLE} to the path of one.`;
    throw withAdvice(error, whyNotBundled === null ? advice : `${whyNotBundled.message} ${advice}`);
  }
}

function withAdvice(error: unknown, advice: string): unknown {
  if (!(error instanceof UnsupportedPlatformError)) return error;
  return new UnsupportedPlatformError(`${error.message} ${advice}`, { cause: error.cause });
}

function open(request: string): Omit<FoundLibbpf, "source" | "whyNotBundled"> {
  let opened: Pick<FoundLibbpf, "functions" | "shim">;
  try {
    opened = request.startsWith(EMBEDDED_FILES)
      ? withMemoryFile("libbpf", readFileSync(request), openFunctions)
      : openFunctions(request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnsupportedPlatformError(`Cannot use "${request}" as libbpf: ${reason}.`, { cause: error });
  }
  const { libbpf_major_version: majorOf, libbpf_minor_version: minorOf } = opened.functions;
  const [major, minor] = [majorOf(), minorOf()];
  if (!isSupported(major, minor)) {
    throw new UnsupportedPlatformError(
      `Cannot use "${request}" as libbpf: it is version ${major}.${minor}, and ${OLDEST} or later is needed.`,
    );
  }
  return { request, ...opened };
}

function openFunctions(path: string): Pick<FoundLibbpf, "functions" | "shim"> {
  return { functions: openLibrary(path, SIGNATURES), shim: openShim(path) };
}

function openShim(path: string): ShimFunctions | null {
  try {
    const shim = openLibrary(path, SHIM_SIGNATURES);
    return shim.irqtrace_shim_version() === SHIM_VERSION ? shim : null;
  } catch (error) {
    // The runtime names the symbol that it did not find.
    if (error instanceof Error && error.message.includes('"irqtrace_')) return null;
    throw error;
  }
}

/** Whether this package knows how to call that version. 1.0 laid its open options out differently from all others. */
export function isSupported(major: number, minor: number): boolean {
  return major > 1 || (major === 1 && minor >= 1);
}
