import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { debianMirror, readAptSources } from "../debian/apt-sources.ts";
import { runCommand } from "../debian/run-command.ts";

/** An upstream release as Debian's archive keeps it. */
export interface PinnedSource {
  readonly name: "libbpf" | "elfutils" | "zlib";
  readonly version: string;
  /** Below the mirror's address. */
  readonly path: string;
  readonly sha256: string;
}

/** To take a newer release: change it here, build everything, commit. */
export const PINNED_SOURCES: readonly PinnedSource[] = [
  {
    name: "libbpf",
    version: "1.7.0",
    path: "pool/main/libb/libbpf/libbpf_1.7.0.orig.tar.gz",
    sha256: "7ab5feffbf78557f626f2e3e3204788528394494715a30fc2070fcddc2051b7b",
  },
  {
    name: "elfutils",
    version: "0.192",
    path: "pool/main/e/elfutils/elfutils_0.192.orig.tar.bz2",
    sha256: "616099beae24aba11f9b63d86ca6cc8d566d968b802391334c91df54eab416b4",
  },
  {
    name: "zlib",
    version: "1.3.2",
    path: "pool/main/z/zlib/zlib_1.3.dfsg+really1.3.2.orig.tar.gz",
    sha256: "7b6903eb019983987b7112eccf90f1703f1c6c0e0cede36564bf611d19ca579d",
  },
];

const APT_HELPER = "/usr/lib/apt/apt-helper";

/**
 * Unpacks every pinned source into a folder of its name below `tree`. Files come from `cache`, else from the mirror that
 * the machine's apt uses (or $IRQTRACE_DEBIAN_MIRROR): by their place in its pool, where a file stays as long as any suite
 * has it, so that no suite's index is needed. Each is what it was when it was pinned, or an error.
 */
export async function unpackSources(tree: string, cache: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  for (const source of PINNED_SOURCES) {
    const archive = await fetchSource(source, cache);
    const folder = `${tree}/${source.name}`;
    mkdirSync(folder, { recursive: true });
    // Times and owners of files do not enter the result.
    await runCommand(["tar", "-xf", archive, "-C", folder, "--strip-components=1", "--no-same-owner"]);
  }
}

async function fetchSource(source: PinnedSource, cache: string): Promise<string> {
  const archive = `${cache}/${source.sha256.slice(0, 16)}-${source.path.slice(source.path.lastIndexOf("/") + 1)}`;
  if (existsSync(archive) && sha256Of(archive) === source.sha256) return archive;
  const address = `${mirrorAddress()}/${source.path.replaceAll("+", "%2b")}`;
  const partial = `${archive}.${process.pid}`;
  try {
    await runCommand([APT_HELPER, "download-file", address, partial, `SHA256:${source.sha256}`]);
    if (sha256Of(partial) !== source.sha256) throw new Error(`its SHA-256 is not ${source.sha256}`);
    renameSync(partial, archive);
  } catch (error) {
    throw new Error(
      `Cannot fetch ${source.name} ${source.version} from ${address}: ${error instanceof Error ? error.message : error}. ` +
        "Where no suite has it any more, pin a newer one, or name an archive of Debian in IRQTRACE_DEBIAN_MIRROR.",
      { cause: error },
    );
  } finally {
    rmSync(partial, { force: true });
  }
  return archive;
}

function mirrorAddress(): string {
  const chosen = process.env["IRQTRACE_DEBIAN_MIRROR"];
  const address = chosen !== undefined && chosen !== "" ? chosen : debianMirror(readAptSources())?.uri;
  if (address === undefined) {
    throw new Error("This machine's apt has no source of Debian's archive. Name a mirror in IRQTRACE_DEBIAN_MIRROR.");
  }
  return address.replace(/\/+$/, "");
}

export function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
