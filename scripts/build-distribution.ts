/**
 * Builds what is attached to a release into a folder: executables for all kinds of machines, .deb, .rpm, the files that
 * packaging/Dockerfile copies, and the checksums of all.
 */
import { createHash } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { buildExecutable } from "./release/build-executable.ts";
import { buildPackages } from "./release/build-packages.ts";
import { EXECUTABLE_TARGETS } from "./release/executable-targets.ts";
import { PACKAGE_TARGETS } from "./release/package-tree.ts";
import { stageRelease } from "./release/stage-release.ts";

const repository = dirname(import.meta.dir);

async function build(folder: string): Promise<void> {
  const release = await stageRelease(repository);
  mkdirSync(folder, { recursive: true });
  const paths: string[] = [];
  for (const target of EXECUTABLE_TARGETS) paths.push(await buildExecutable(repository, release, target, folder));
  for (const target of PACKAGE_TARGETS) {
    paths.push(...(await buildPackages(repository, release, target, ["deb", "rpm"], folder)));
    const image = join(folder, `irqtrace-${target.debArchitecture}`);
    rmSync(image, { force: true });
    linkSync(join(folder, `irqtrace-${release.version}-${target.executable}`), image);
  }
  const sums = paths.map(
    (path) => `${createHash("sha256").update(readFileSync(path)).digest("hex")}  ${basename(path)}`,
  );
  writeFileSync(join(folder, "SHA256SUMS"), `${sums.join("\n")}\n`);
  for (const path of paths) console.log(`${basename(path)}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

const [folder, ...others] = process.argv.slice(2);
if (folder === undefined || others.length > 0) {
  console.error("usage: bun scripts/build-distribution.ts FOLDER");
  process.exitCode = 2;
} else await build(resolve(folder));
