/** The pinned Bun for other machines than this one: single-file executables are built upon it. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { ExecutableTarget } from "./executable-targets.ts";
import { giveToInvokingUser } from "./give-to-invoking-user.ts";
import { runStep } from "./run-step.ts";

/** Gives the path of the Bun that a target's executable is built upon, fetched once, in the version that toolchain/ pins. */
export async function bunRuntime(repository: string, target: ExecutableTarget): Promise<string> {
  const { bunPackage, bunIntegrity } = target;
  const installed = join(repository, "toolchain/node_modules", bunPackage, "bin/bun");
  if (existsSync(installed)) return installed;
  const version = pinnedVersion(repository);
  const parent = join(repository, ".cache/bun");
  const path = join(parent, `${basename(bunPackage)}-${version}`);
  if (existsSync(path)) return path;
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, "fetch-"));
  try {
    await runStep(["npm", "pack", `${bunPackage}@${version}`, "--ignore-scripts", "--silent"], { cwd: work });
    const tarball = readFileSync(join(work, `oven-${basename(bunPackage)}-${version}.tgz`));
    const hash = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    if (hash !== bunIntegrity)
      throw new Error(`${bunPackage} ${version} has the hash ${hash}; executable-targets.ts expects ${bunIntegrity}.`);
    const files = await new Bun.Archive(tarball).files("package/bin/bun");
    const bun = files.get("package/bin/bun");
    if (bun === undefined) throw new Error(`${bunPackage} ${version} holds no bin/bun.`);
    writeFileSync(join(work, "bun"), await bun.bytes());
    chmodSync(join(work, "bun"), 0o755);
    renameSync(join(work, "bun"), path);
    giveToInvokingUser(parent);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return path;
}

function pinnedVersion(repository: string): string {
  const text = readFileSync(join(repository, "toolchain/package.json"), "utf8");
  const { dependencies }: { dependencies: { bun: string } } = JSON.parse(text);
  return dependencies.bun;
}
