import type { PackedPackage } from "./packed-package.ts";
import { runStep } from "./run-step.ts";
import type { StagedRelease } from "./stage-release.ts";

/** npm's command line for a package. */
export function publishCommand({ tarball }: Pick<PackedPackage, "tarball">): readonly string[] {
  return ["npm", "publish", tarball, "--access", "public", "--provenance"];
}

/** What of a release is published. */
export interface PublishableRelease {
  readonly version: StagedRelease["version"];
  readonly packages: readonly Pick<PackedPackage, "manifest" | "tarball">[];
}

/**
 * Publishes the tarballs one after the other, then tags the commit of the repository. What an earlier run that was cut short
 * has published stays as it is.
 */
export async function publishRelease(
  { packages, version }: PublishableRelease,
  repository: string,
  tell: (line: string) => void,
): Promise<void> {
  for (const packed of packages) {
    const { name } = packed.manifest;
    if (await isPublished(name, version, repository)) {
      tell(`is there    ${name} ${version}`);
      continue;
    }
    await runStep(publishCommand(packed), { cwd: repository });
    tell(`published   ${name} ${version}`);
  }
  await runStep(["git", "tag", "--annotate", `v${version}`, "--message", `irqtrace ${version}`], { cwd: repository });
  tell(`tagged      v${version}; push it: git push origin v${version}`);
}

async function isPublished(name: string, version: string, repository: string): Promise<boolean> {
  const child = Bun.spawn(["npm", "view", `${name}@${version}`, "version"], {
    cwd: repository,
    env: process.env,
    stdout: "pipe",
    stderr: "ignore",
  });
  return (await child.stdout.text()).trim() === version && (await child.exited) === 0;
}
