/** Fetches the newest of Debian's packages and all that they need into the folder given. Run as the checkout's owner, whose files they are to be. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DebianSuite, openSuite } from "../scripts/debian/debian-packages.ts";

const [tree, ...wanted] = process.argv.slice(2);
if (tree === undefined || wanted.length === 0) throw new Error("Give the folder to fetch into, and packages.");
mkdirSync(dirname(tree), { recursive: true });
const work = mkdtempSync(join(dirname(tree), ".work-"));
try {
  const suite = await openSuite("sid", process.arch === "arm64" ? "arm64" : "amd64", join(work, "apt"));
  await suite.unpack(await withLibraries(suite, wanted), join(work, "tree"));
  renameSync(join(work, "tree"), tree);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The packages, and each library that one of them needs: what is no library is for installing, not for running. */
async function withLibraries(suite: DebianSuite, packages: readonly string[]): Promise<readonly string[]> {
  const found = new Set(packages);
  for (const name of found) {
    for (const needed of await suite.dependencies(name)) if (/^(lib|zlib)/.test(needed)) found.add(needed);
  }
  return [...found];
}
