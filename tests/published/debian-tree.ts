/** Debian packages unpacked into a folder, for machines that are made up of them. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DebianArchitecture, openSuite } from "../../scripts/debian/debian-packages.ts";
import { giveToInvokingUser } from "../../scripts/release/give-to-invoking-user.ts";

const parent = join(dirname(dirname(import.meta.dir)), ".cache/userland");
const TOOLS = ["apt-get", "apt-cache", "dpkg-deb"];

/** Why no packages of Debian can be fetched here; null where they can, if a mirror answers. */
export function whyNoDebian(): string | null {
  const missing = TOOLS.filter((tool) => Bun.which(tool) === null);
  return missing.length === 0 ? null : `needs ${missing.join(", ")}`;
}

/** The packages of a suite in one tree, from the cache or from the mirror that the machine's apt uses. */
export async function debianTree(
  suite: string,
  architecture: DebianArchitecture,
  packages: readonly string[],
): Promise<string> {
  const tree = join(parent, `${suite}-${architecture}-${Bun.hash(packages.join()).toString(16)}`);
  if (existsSync(tree)) return tree;
  mkdirSync(parent, { recursive: true });
  // Runs side by side may fetch twice but never see half of a tree: it gets its name when it is whole.
  const work = mkdtempSync(join(parent, "fetch-"));
  try {
    await (await openSuite(suite, architecture, work)).unpack(packages, join(work, "tree"));
    if (!existsSync(tree)) renameSync(join(work, "tree"), tree);
    giveToInvokingUser(parent);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return tree;
}
