const PACKAGE = "@irqtrace/libbpf";

/**
 * Where the libbpf that comes with this package lies: in the optional package @irqtrace/libbpf, or in a single-file
 * executable, whose own files only Bun can read.
 *
 * @returns null where that package is not installed, or has no file for this machine
 */
export function bundledPath(): string | null {
  return installedPackage()?.bundledLibbpf()?.path ?? null;
}

/** Looked up when libbpf is first needed, not when this package is imported. */
function installedPackage(): typeof import("@irqtrace/libbpf") | null {
  try {
    return require("@irqtrace/libbpf");
  } catch (error) {
    if (isNotInstalled(error, PACKAGE, isInstalled)) return null;
    throw error;
  }
}

/**
 * Whether an error of `require` says that the package itself is not there, rather than that something is wrong with it.
 * Bundlers that did not find it leave a sentence of their own behind.
 */
export function isNotInstalled(error: unknown, name: string, isThere: (name: string) => boolean): boolean {
  if (!(error instanceof Error)) return false;
  if (error.message === `Cannot require module ${name}`) return true;
  return isUnresolved(error) && "specifier" in error && error.specifier === name && !isThere(name);
}

// A package without the file that its manifest names fails to resolve as one that is not there does.
function isInstalled(name: string): boolean {
  try {
    Bun.resolveSync(`${name}/package.json`, import.meta.dir);
    return true;
  } catch (error) {
    if (error instanceof Error && isUnresolved(error)) return false;
    throw error;
  }
}

// The one code is for require, the other for what resolves as an import.
function isUnresolved(error: Error): boolean {
  return "code" in error && (error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND");
}
