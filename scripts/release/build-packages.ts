import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildDeb } from "./build-deb.ts";
import { buildRpm } from "./build-rpm.ts";
import { layOutPackage, PACKAGE_KINDS, type PackageTarget } from "./package-tree.ts";
import { runStep } from "./run-step.ts";
import type { StagedRelease } from "./stage-release.ts";

/** Builds .deb and .rpm of a target from its executable into a folder; gives their paths. */
export async function buildPackages(
  repository: string,
  release: StagedRelease,
  { debArchitecture, rpmArchitecture }: PackageTarget,
  executable: string,
  folder: string,
): Promise<readonly string[]> {
  const sourceDate = await commitTime(repository);
  const paths: string[] = [];
  for (const kind of PACKAGE_KINDS) {
    const tree = join(folder, `${kind}-tree`);
    layOutPackage(repository, release, executable, kind, tree);
    const options = { repository, version: release.version, tree, folder, sourceDate };
    if (kind === "deb") paths.push(await buildDeb({ ...options, architecture: debArchitecture }));
    else paths.push(await buildRpm({ ...options, architecture: rpmArchitecture }));
    rmSync(tree, { recursive: true });
  }
  return paths;
}

/** The same sources make the same packages, whenever they are built. */
async function commitTime(repository: string): Promise<string> {
  // A checkout may belong to somebody else than who builds.
  const log = ["git", "-c", "safe.directory=*", "log", "-1", "--format=%ct"];
  return (await runStep(log, { cwd: repository })).trim();
}
