import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildDeb } from "./build-deb.ts";
import { buildExecutable } from "./build-executable.ts";
import { buildRpm } from "./build-rpm.ts";
import { executableTarget } from "./executable-targets.ts";
import { layOutPackage, type PackageKind, type PackageTarget } from "./package-tree.ts";
import type { StagedRelease } from "./stage-release.ts";

/** Builds packages of a target's executable into a folder; gives their paths, in the order of `kinds`. */
export async function buildPackages(
  repository: string,
  release: StagedRelease,
  { executable, debArchitecture, rpmArchitecture }: PackageTarget,
  kinds: readonly PackageKind[],
  folder: string,
): Promise<readonly string[]> {
  const built = await buildExecutable(repository, release, executableTarget(executable), folder);
  const paths: string[] = [];
  for (const kind of kinds) {
    const tree = join(folder, `${kind}-tree`);
    layOutPackage(repository, release, built, kind, tree);
    const options = { repository, version: release.version, tree, folder };
    if (kind === "deb") paths.push(await buildDeb({ ...options, architecture: debArchitecture }));
    else paths.push(await buildRpm({ ...options, architecture: rpmArchitecture }));
    rmSync(tree, { recursive: true });
  }
  return paths;
}
