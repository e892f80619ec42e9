/** Fetches the newest libbpf-tools and all that they need into the folder given. Run as the checkout's owner, whose files they are to be. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openSuite } from "../scripts/debian/debian-packages.ts";

const PACKAGES = ["libbpf-tools", "libbpf1", "libelf1t64", "zlib1g", "libzstd1", "libc6"];

const [tree] = process.argv.slice(2);
if (tree === undefined) throw new Error("Give the folder to fetch into.");
mkdirSync(dirname(tree), { recursive: true });
const work = mkdtempSync(join(dirname(tree), ".work-"));
try {
  const suite = await openSuite("sid", process.arch === "arm64" ? "arm64" : "amd64", join(work, "apt"));
  await suite.unpack(PACKAGES, join(work, "tree"));
  renameSync(join(work, "tree"), tree);
} finally {
  rmSync(work, { recursive: true, force: true });
}
