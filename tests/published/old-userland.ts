/** The oldest userland that irqtrace is tried on: a Debian 11, as it is on machines with the oldest supported kernel. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openSuite } from "../../scripts/debian/debian-packages.ts";
import { giveToInvokingUser } from "../../scripts/release/give-to-invoking-user.ts";

/** What its C library says of itself. */
export const OLD_GLIBC = "2.31";

const SUITE = "bullseye";
// A shell, what the launchers call, and the libraries of these. Bun is not among them, nor libbpf, libelf or zlib.
const PACKAGES = [
  ...[
    "base-files",
    "libc6",
    "libc-bin",
    "libgcc-s1",
    "libcrypt1",
    "dash",
    "coreutils",
    "sed",
    "diffutils",
    "findutils",
  ],
  ...["libacl1", "libattr1", "libgmp10", "libpcre2-8-0", "libselinux1"],
];
const TOOLS = ["apt-get", "apt-cache", "dpkg-deb"];

const parent = join(dirname(dirname(import.meta.dir)), ".cache/userland");

/** A root file system, or why none can be had on this machine. */
export type OldUserland =
  | { readonly root: string; readonly lack: null }
  | { readonly root: null; readonly lack: string };

/** Its root file system, from the cache or from the mirror that the machine's apt uses. */
export async function oldUserland(): Promise<OldUserland> {
  if (process.geteuid?.() !== 0) return { root: null, lack: "needs root: sudo ./test" };
  if (process.arch !== "x64") return { root: null, lack: "needs x86_64" };
  const missing = TOOLS.filter((tool) => Bun.which(tool) === null);
  if (missing.length > 0) return { root: null, lack: `needs ${missing.join(", ")}` };
  const root = join(parent, `${SUITE}-amd64-${Bun.hash(PACKAGES.join()).toString(16)}`);
  try {
    if (!existsSync(root)) await fetchRoot(root);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // As it can stand in brackets in a test's name.
    return { root: null, lack: `needs Debian 11: ${reason.replaceAll(/[()]/g, "").replaceAll(/\s+/g, " ")}` };
  }
  return { root, lack: null };
}

/** Runs side by side may fetch twice but never see half of a root: it gets its name when it is whole. */
async function fetchRoot(root: string): Promise<void> {
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, "fetch-"));
  try {
    const tree = join(work, "tree");
    await (await openSuite(SUITE, "amd64", work)).unpack(PACKAGES, tree);
    if (!existsSync(root)) renameSync(tree, root);
    giveToInvokingUser(parent);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
