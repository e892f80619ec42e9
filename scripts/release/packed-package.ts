import { readFileSync, statSync } from "node:fs";

/** The fields of a published package.json that rules or consumers of a tarball look at. */
export interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A tarball as `bun pm pack` makes it, read back. */
export interface PackedPackage {
  readonly tarball: string;
  readonly bytes: number;
  readonly manifest: PackedManifest;
  /** Texts and contents by path, without the leading `package/`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const ROOT = "package/";

/** Reads a tarball of a package. Throws if it holds no package.json. */
export async function readPackedPackage(tarball: string): Promise<PackedPackage> {
  const entries = await new Bun.Archive(readFileSync(tarball)).files();
  const files = new Map<string, Uint8Array>();
  for (const [path, file] of entries)
    files.set(path.startsWith(ROOT) ? path.slice(ROOT.length) : path, await file.bytes());
  const text = files.get("package.json");
  if (text === undefined) throw new Error(`${tarball} holds no package.json.`);
  const manifest: PackedManifest = JSON.parse(new TextDecoder().decode(text));
  return { tarball, bytes: statSync(tarball).size, manifest, files };
}
