import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { lastLines } from "../scripts/debian/run-command.ts";

/** Tools of another release, unpacked with all that they need. */
export interface PeerTree {
  readonly loader: string;
  readonly libraries: string;
  /** Of the tools. */
  readonly folder: string;
}

const REPOSITORY = dirname(import.meta.dir);
const TREE = join(REPOSITORY, ".cache/bench/newest");
const [MULTIARCH, LOADER] =
  process.arch === "arm64"
    ? (["aarch64-linux-gnu", "ld-linux-aarch64.so.1"] as const)
    : (["x86_64-linux-gnu", "ld-linux-x86-64.so.2"] as const);

/** The newest libbpf-tools that Debian has, fetched once; null where they cannot be had. */
export function newestPeers(missing: (name: string, reason: string) => void): PeerTree | null {
  if (!existsSync(TREE)) {
    const asOwner = ["sh", join(REPOSITORY, "toolchain/as-invoking-user.sh")];
    const bun = [process.execPath, "--config=/dev/null", "--no-env-file", "--no-install"];
    const script = join(import.meta.dir, "fetch-newest-peers.ts");
    const { success, stderr } = Bun.spawnSync([...asOwner, ...bun, script, TREE], { cwd: REPOSITORY });
    if (!success) {
      missing("libbpf-tools, newest", lastLines(stderr.toString(), 1));
      return null;
    }
  }
  return {
    loader: join(TREE, "usr/lib", MULTIARCH, LOADER),
    libraries: join(TREE, "usr/lib", MULTIARCH),
    folder: join(TREE, "usr/sbin"),
  };
}
