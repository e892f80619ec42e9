import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openSuite } from "../scripts/debian/debian-packages.ts";

/** Tools of another release, unpacked with all that they need. */
export interface PeerTree {
  readonly loader: string;
  readonly libraries: string;
  /** Of the tools. */
  readonly folder: string;
}

const STORE = join(dirname(import.meta.dir), ".cache/bench");
const PACKAGES = ["libbpf-tools", "libbpf1", "libelf1t64", "zlib1g", "libzstd1", "libc6"];
const [ARCHITECTURE, MULTIARCH, LOADER] =
  process.arch === "arm64"
    ? (["arm64", "aarch64-linux-gnu", "ld-linux-aarch64.so.1"] as const)
    : (["amd64", "x86_64-linux-gnu", "ld-linux-x86-64.so.2"] as const);

/** The newest libbpf-tools that Debian has, fetched once; null where they cannot be had. */
export async function newestPeers(missing: (name: string, reason: string) => void): Promise<PeerTree | null> {
  const tree = join(STORE, "newest");
  if (!existsSync(tree)) {
    mkdirSync(STORE, { recursive: true });
    const work = mkdtempSync(join(STORE, ".work-"));
    try {
      const suite = await openSuite("sid", ARCHITECTURE, join(work, "apt"));
      await suite.unpack(PACKAGES, join(work, "tree"));
      renameSync(join(work, "tree"), tree);
    } catch (error) {
      missing("libbpf-tools, newest", error instanceof Error ? error.message : String(error));
      return null;
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return {
    loader: join(tree, "usr/lib", MULTIARCH, LOADER),
    libraries: join(tree, "usr/lib", MULTIARCH),
    folder: join(tree, "usr/sbin"),
  };
}
