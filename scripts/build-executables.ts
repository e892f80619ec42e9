/** Builds single-file executables into a folder: for all kinds of machines, or for those named. */
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { buildExecutable } from "./release/build-executable.ts";
import { EXECUTABLE_TARGETS } from "./release/executable-targets.ts";
import { stageRelease } from "./release/stage-release.ts";

const NAMES = EXECUTABLE_TARGETS.map(({ name }) => name);
const USAGE = `usage: bun scripts/build-executables.ts FOLDER [TARGET...]\nTargets: ${NAMES.join(", ")}`;

const repository = dirname(import.meta.dir);
const [folder, ...wanted] = process.argv.slice(2);
if (folder === undefined || wanted.some((name) => !NAMES.includes(name))) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const release = await stageRelease(repository);
  mkdirSync(folder, { recursive: true });
  for (const target of EXECUTABLE_TARGETS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const path = await buildExecutable(repository, release, target, resolve(folder));
    console.log(`${path}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
  }
}
