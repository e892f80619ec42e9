import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** A kernel module ready for insmod. */
export interface KernelModule {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * The wanted modules and what they depend on, in the order in which insmod must see them. Modules that are part of the kernel image are
 * left out. Dependencies are read from the modules themselves: Debian's packages have no modules.dep, which depmod makes on installation.
 */
export function resolveModules(modulesDirectory: string, wanted: readonly string[]): readonly KernelModule[] {
  const files = moduleFiles(modulesDirectory);
  const builtin = builtinModules(modulesDirectory);
  const resolved = new Map<string, KernelModule>();
  const visit = (name: string, neededBy: string): void => {
    if (resolved.has(name) || builtin.has(name)) return;
    const file = files.get(name);
    if (file === undefined) throw new Error(`This kernel has no module "${name}", needed by ${neededBy}.`);
    const content = decompressed(file);
    for (const dependency of dependencies(content)) visit(dependency, name);
    resolved.set(name, { name, content });
  };
  for (const name of wanted) visit(canonicalName(name), "the check");
  return [...resolved.values()];
}

/** The `depends=a,b` entry of the module's .modinfo section. */
export function dependencies(module: Uint8Array): readonly string[] {
  const bytes = Buffer.from(module.buffer, module.byteOffset, module.byteLength);
  const start = bytes.indexOf("\0depends=");
  if (start === -1) return [];
  const from = start + "\0depends=".length;
  const list = bytes.toString("latin1", from, bytes.indexOf(0, from));
  return list === "" ? [] : list.split(",").map(canonicalName);
}

function moduleFiles(modulesDirectory: string): ReadonlyMap<string, string> {
  const paths = [...new Bun.Glob("kernel/**/*.ko{,.gz,.xz,.zst}").scanSync(modulesDirectory)];
  return new Map(paths.map((path) => [nameOfFile(path), `${modulesDirectory}/${path}`]));
}

function builtinModules(modulesDirectory: string): ReadonlySet<string> {
  const list = `${modulesDirectory}/modules.builtin`;
  if (!existsSync(list)) throw new Error(`${list} is missing: what the kernel has built in is unknown.`);
  return new Set(readFileSync(list, "utf8").trim().split("\n").map(nameOfFile));
}

function nameOfFile(path: string): string {
  return canonicalName(basename(path).replace(/\.ko(\.\w+)?$/, ""));
}

/** Files are spelled with "-" or "_"; the kernel knows "_" alone. */
function canonicalName(name: string): string {
  return name.replaceAll("-", "_");
}

function decompressed(file: string): Uint8Array {
  const bytes = readFileSync(file);
  if (file.endsWith(".gz")) return Bun.gunzipSync(bytes);
  if (file.endsWith(".zst")) return Bun.zstdDecompressSync(bytes);
  if (!file.endsWith(".xz")) return bytes;
  const unpacked = Bun.spawnSync(["busybox", "xzcat", file]);
  if (unpacked.exitCode !== 0)
    throw new Error(`busybox cannot decompress ${file}: ${unpacked.stderr.toString().trim()}`);
  return unpacked.stdout;
}
