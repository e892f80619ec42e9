/** Builds what would be published, in a copy of the sources: the checkout itself stays as it is. */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { giveToInvokingUser } from "./give-to-invoking-user.ts";
import { type PackedPackage, readPackedPackage } from "./packed-package.ts";
import { runStep } from "./run-step.ts";

/** Tarballs of one version of every package. */
export interface StagedRelease {
  /** Holds `tree/`, the copy that was built, and `tarballs/`. Whatever belongs to this release may be kept in it. */
  readonly folder: string;
  readonly version: string;
  /** In the order in which they can be published: each after what it depends on. */
  readonly packages: readonly PackedPackage[];
}

/** What a package is made from; anything else may change without a new release being staged. */
const SOURCES = /^(packages\/|apps\/|scripts\/|\.changeset\/|package\.json$|bun\.lock$|tsconfig[^/]*\.json$|LICENSE$)/;
const FINISHED = "release.json";
const KEPT_MS = 2 * 3_600_000;

/** Stages the release of a checkout below its `.cache`; the same sources are staged once. */
export async function stageRelease(repository: string): Promise<StagedRelease> {
  const files = sourceFiles(repository);
  const parent = join(repository, ".cache/release");
  const folder = join(parent, fingerprint(repository, files));
  if (!existsSync(join(folder, FINISHED))) {
    removeOld(parent);
    // Unfinished work of one process must not be taken for another's.
    const work = `${folder}.${process.pid}`;
    try {
      await buildCopy(repository, files, work);
      if (!existsSync(folder)) renameSync(work, folder);
      giveToInvokingUser(parent);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return await readRelease(folder);
}

async function buildCopy(repository: string, files: readonly string[], folder: string): Promise<void> {
  const tree = join(folder, "tree");
  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs, { recursive: true });
  for (const file of files) cpSync(join(repository, file), join(tree, file), { recursive: true });
  const bun = process.execPath;
  const install = [bun, "install", "--ignore-scripts", "--no-progress", "--silent"];
  await runStep(install, { cwd: tree });
  await applyChangesets(tree);
  // bun pm pack takes versions of workspace packages from the lock file: without this they would be the old ones.
  await runStep(install, { cwd: tree });
  nameRepository(tree);
  await runStep([bun, "run", "--filter", "./packages/*", "--filter", "./apps/*", "build"], { cwd: tree });
  for (const manifest of globSync("{packages,apps}/*/package.json", { cwd: tree })) {
    const pack = [bun, "pm", "pack", "--ignore-scripts", "--quiet", "--destination", tarballs];
    await runStep(pack, { cwd: join(tree, dirname(manifest)) });
  }
  writeFileSync(join(folder, FINISHED), `${JSON.stringify({ tarballs: readdirSync(tarballs) })}\n`);
}

/** Raises versions and writes changelogs; where nothing has changed since the last release, that one is staged again. */
export async function applyChangesets(tree: string): Promise<void> {
  if (globSync(".changeset/*.md", { cwd: tree }).length === 0) return;
  await runStep([process.execPath, "--bun", "node_modules/@changesets/cli/bin.js", "version"], { cwd: tree });
}

/**
 * npm accepts a provenance statement only for a package that names the repository that it was built from. The manifests
 * name none, so that a fork publishes as itself.
 */
function nameRepository(tree: string): void {
  const url = publicRepository();
  if (url === null) return;
  for (const path of globSync("{packages,apps}/*/package.json", { cwd: tree })) {
    const manifest: object = JSON.parse(readFileSync(join(tree, path), "utf8"));
    const named = { ...manifest, repository: { type: "git", url, directory: dirname(path) } };
    writeFileSync(join(tree, path), `${JSON.stringify(named, null, 2)}\n`);
  }
}

/** Where whoever publishes from a GitHub workflow has the sources; null elsewhere. */
function publicRepository(): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
  return server === undefined || repository === undefined ? null : `git+${server}/${repository}.git`;
}

async function readRelease(folder: string): Promise<StagedRelease> {
  const { tarballs }: { tarballs: readonly string[] } = JSON.parse(readFileSync(join(folder, FINISHED), "utf8"));
  const packages = await Promise.all(tarballs.map((name) => readPackedPackage(join(folder, "tarballs", name))));
  const version = packages.find(({ manifest }) => manifest.name === "irqtrace")?.manifest.version;
  if (version === undefined) throw new Error(`${folder} holds no tarball of irqtrace.`);
  return { folder, version, packages: dependenciesFirst(packages) };
}

/** A registry that shows a package before what it depends on breaks whoever installs it in between. */
export function dependenciesFirst<P extends Pick<PackedPackage, "manifest">>(packages: readonly P[]): readonly P[] {
  const ordered = new Set<P>();
  const visit = (some: P, path: readonly P[]): void => {
    if (path.includes(some)) throw new Error(`${some.manifest.name} depends on itself.`);
    const names = Object.keys({ ...some.manifest.dependencies, ...some.manifest.optionalDependencies });
    for (const other of packages) if (names.includes(other.manifest.name)) visit(other, [...path, some]);
    ordered.add(some);
  };
  for (const some of packages.toSorted((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1))) visit(some, []);
  return [...ordered];
}

function sourceFiles(repository: string): readonly string[] {
  // A checkout may belong to somebody else than who tests it.
  const list = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const git = Bun.spawnSync(list, { cwd: repository, stderr: "pipe" });
  if (!git.success) throw new Error(`Cannot list the files of the repository: ${git.stderr.toString()}`);
  const files = new Set(git.stdout.toString().split("\0"));
  return [...files].filter((file) => SOURCES.test(file) && existsSync(join(repository, file))).sort();
}

function fingerprint(repository: string, files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file}\0${statSync(join(repository, file)).mode}\0`);
    hash.update(readFileSync(join(repository, file)));
  }
  hash.update(publicRepository() ?? "");
  return hash.digest("hex").slice(0, 16);
}

function removeOld(parent: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
