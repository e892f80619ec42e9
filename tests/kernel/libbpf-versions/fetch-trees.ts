/** Fetches the trees of one version of libbpf into the store. Run as the checkout's owner, whose files they are to be. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { openSuite } from "../../../scripts/debian/debian-packages.ts";
import { LIBBPF_VERSIONS, type LibraryTree, STORE, treesOf } from "./versions.ts";

/** Once fetched, a tree stays: a version is what is tested, not what its suite has today. */
async function fetchTree(tree: LibraryTree): Promise<void> {
  const folder = `${STORE}/${tree.name}`;
  if (existsSync(folder)) return;
  mkdirSync(STORE, { recursive: true });
  const work = mkdtempSync(`${STORE}/.work-`);
  try {
    const suite = await openSuite(tree.suite, process.arch === "arm64" ? "arm64" : "amd64", `${work}/apt`);
    await suite.unpack(tree.packages, `${work}/tree`);
    renameSync(`${work}/tree`, folder);
  } catch (error) {
    // Another run was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const [wanted, glibcVersion = ""] = process.argv.slice(2);
const version = LIBBPF_VERSIONS.find((known) => known.version === wanted);
if (version === undefined) throw new Error(`There is no libbpf ${wanted} to fetch.`);
for (const tree of treesOf(version, glibcVersion)) await fetchTree(tree);
