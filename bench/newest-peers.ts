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

/** Is told what cannot be measured here, and why. */
export type NoteMissing = (name: string, reason: string) => void;

const REPOSITORY = dirname(import.meta.dir);
/** Where peers are unpacked, each in a folder of its own. */
export const CACHE: string = join(REPOSITORY, ".cache/bench");
const [MULTIARCH, LOADER] =
  process.arch === "arm64"
    ? (["aarch64-linux-gnu", "ld-linux-aarch64.so.1"] as const)
    : (["x86_64-linux-gnu", "ld-linux-x86-64.so.2"] as const);

/** The newest libbpf-tools that Debian has, fetched once; null where they cannot be had. */
export const newestLibbpfTools = (missing: NoteMissing): PeerTree | null =>
  peerTree("newest", "usr/sbin", ["libbpf-tools"], (reason) => missing("libbpf-tools, newest", reason));

/** The newest bpftrace that Debian has, likewise. */
export const newestBpftrace = (missing: NoteMissing): PeerTree | null =>
  peerTree("newest-bpftrace", "usr/bin", ["bpftrace"], (reason) => missing("bpftrace, newest", reason));

function peerTree(
  name: string,
  tools: string,
  packages: readonly string[],
  missing: (reason: string) => void,
): PeerTree | null {
  const tree = join(CACHE, name);
  if (!existsSync(tree)) {
    const asOwner = ["sh", join(REPOSITORY, "toolchain/as-invoking-user.sh")];
    const bun = [process.execPath, "--config=/dev/null", "--no-env-file", "--no-install"];
    const script = join(import.meta.dir, "fetch-newest-peers.ts");
    const { success, stderr } = Bun.spawnSync([...asOwner, ...bun, script, tree, ...packages], { cwd: REPOSITORY });
    if (!success) {
      missing(lastLines(stderr.toString(), 1));
      return null;
    }
  }
  const libraries = join(tree, "usr/lib", MULTIARCH);
  return { loader: join(libraries, LOADER), libraries, folder: join(tree, tools) };
}

/** Runs a tool of another release with that release's loader and libraries. */
export const peerCommand = ({ loader, libraries, folder }: PeerTree, tool: string): readonly string[] => [
  loader,
  "--library-path",
  libraries,
  join(folder, tool),
];
