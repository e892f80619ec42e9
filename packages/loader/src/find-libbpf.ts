import { isAbsolute } from "node:path";
import { UnsupportedPlatformError } from "./errors.ts";
import { type Functions, openLibrary } from "./ffi.ts";
import { SIGNATURES } from "./signatures.ts";

/** libbpf's and libc's functions as C offers them: unchecked. */
export type NativeFunctions = Functions<typeof SIGNATURES>;

/** An opened libbpf. */
export interface FoundLibbpf {
  /** What was asked for: a path, or a name that the dynamic linker resolves. */
  readonly request: string;
  readonly functions: NativeFunctions;
}

/** The variable that names a libbpf to use instead of all others. */
export const LIBBPF_VARIABLE = "IRQTRACE_LIBBPF";

// What the dynamic linker calls every libbpf 1.x.
const SYSTEM_LIBBPF = "libbpf.so.1";
const OLDEST = "1.1";

/** Opens the libbpf that IRQTRACE_LIBBPF names, else the system's. */
export function findLibbpf(environment: Readonly<Record<string, string | undefined>>): FoundLibbpf {
  const named = environment[LIBBPF_VARIABLE];
  if (named !== undefined && named !== "") return openNamed(named);
  return open(
    SYSTEM_LIBBPF,
    `Install libbpf 1.1 or later (Debian: libbpf1, Fedora: libbpf), or set ${LIBBPF_VARIABLE} to the path of one.`,
  );
}

// A relative path would be searched for in the current directory or the linker's: with root's rights, a trap.
function openNamed(path: string): FoundLibbpf {
  if (!isAbsolute(path)) {
    throw new UnsupportedPlatformError(
      `Cannot use ${LIBBPF_VARIABLE} "${path}": it is not an absolute path. Give the full path of a libbpf.so.`,
    );
  }
  return open(path, `Set ${LIBBPF_VARIABLE} to the path of a libbpf 1.x, or unset it.`);
}

function open(request: string, advice: string): FoundLibbpf {
  let functions: NativeFunctions;
  try {
    functions = openLibrary(request, SIGNATURES);
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnsupportedPlatformError(`Cannot use "${request}" as libbpf: ${reason}. ${advice}`, { cause: error });
  }
  const [major, minor] = [functions.libbpf_major_version(), functions.libbpf_minor_version()];
  if (!isSupported(major, minor)) {
    throw new UnsupportedPlatformError(
      `Cannot use "${request}" as libbpf: it is version ${major}.${minor}, and ${OLDEST} or later is needed. ${advice}`,
    );
  }
  return { request, functions };
}

/** Whether this package knows how to call that version. 1.0 laid its open options out differently from all others. */
export function isSupported(major: number, minor: number): boolean {
  return major > 1 || (major === 1 && minor >= 1);
}
