/**
 * Builds what is attached to a release into a folder: executables for all kinds of machines, .deb, .rpm and their checksums.
 * image/ in it is what docker builds an image from.
 */
import { createHash } from "node:crypto";
import { copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
  const executables = new Map<string, string>();
  for (const target of EXECUTABLE_TARGETS)
    executables.set(target.name, await buildExecutable(repository, release, target, folder));
  const paths = [...executables.values()];
  const image = prepareImage(folder);
  for (const target of PACKAGE_TARGETS) {
    const executable = executables.get(target.executable);
    if (executable === undefined) throw new Error(`There is no executable of the name ${target.executable}.`);
    paths.push(...(await buildPackages(repository, release, target, executable, folder)));
    linkSync(executable, join(image, `irqtrace-${target.debArchitecture}`));
  }
  const sums = paths.map(
    (path) => `${createHash("sha256").update(readFileSync(path)).digest("hex")}  ${basename(path)}`,
  );
  writeFileSync(join(folder, "SHA256SUMS"), `${sums.join("\n")}\n`);
  for (const path of paths) console.log(`${basename(path)}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

/** What docker sends to its daemon: a folder with nothing else in it. */
function prepareImage(folder: string): string {
  const image = join(folder, "image");
  rmSync(image, { recursive: true, force: true });
  mkdirSync(image);
  copyFileSync(join(repository, "packaging/Dockerfile"), join(image, "Dockerfile"));
  return image;
}

const [folder, ...others] = process.argv.slice(2);
if (folder === undefined || others.length > 0) {
  console.error("usage: bun scripts/build-distribution.ts FOLDER");
  process.exitCode = 2;
} else await build(resolve(folder));
