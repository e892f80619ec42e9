import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishRelease } from "./publish-release.ts";
import { runStep } from "./run-step.ts";

const VERSION = "1.2.3";
const { PATH } = process.env;
let folder: string;
let repository: string;

/** Knows what was published, and fails with the tarball that the file `refused` names. */
const NPM = `#!/bin/sh
cd "$(dirname "$0")"
case "$1" in
view) grep -qx "$2" published && echo "\${2##*@}" ;;
publish)
  [ "$2" != "$(cat refused)" ] || { echo "the registry is away" >&2; exit 1; }
  echo "$2@${VERSION}" >>published
  echo "$*" >>calls ;;
esac
`;

const release = {
  version: VERSION,
  packages: ["first", "second", "third"].map((name) => ({ manifest: { name, version: VERSION }, tarball: name })),
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "irqtrace-publish-"));
  writeFileSync(join(folder, "npm"), NPM, { mode: 0o755 });
  for (const name of ["published", "refused"]) writeFileSync(join(folder, name), "");
  process.env["PATH"] = `${folder}:${PATH}`;
  repository = join(folder, "repository");
  mkdirSync(repository);
  const git = ["git", "-c", "user.name=somebody", "-c", "user.email=nobody@invalid"];
  await runStep(["git", "init", "--quiet"], { cwd: repository });
  await runStep([...git, "commit", "--quiet", "--allow-empty", "--message", "all"], { cwd: repository });
  for (const [key, value] of [
    ["user.name", "somebody"],
    ["user.email", "nobody@invalid"],
  ] as const)
    await runStep(["git", "config", key, value], { cwd: repository });
});
afterEach(() => {
  process.env["PATH"] = PATH;
  rmSync(folder, { recursive: true });
});

function tags(): Promise<string> {
  return runStep(["git", "tag", "--list"], { cwd: repository });
}

test("all packages are published in their order, with provenance, and then the commit is tagged", async () => {
  const told: string[] = [];
  await publishRelease(release, repository, (line) => told.push(line));
  expect(readFileSync(join(folder, "calls"), "utf8")).toBe(
    ["first", "second", "third"].map((name) => `publish ${name} --access public --provenance\n`).join(""),
  );
  expect(told.map((line) => line.slice(0, 18).trim())).toEqual([
    "published   first",
    "published   second",
    "published   third",
    "tagged      v1.2.3",
  ]);
  expect(await tags()).toBe("v1.2.3\n");
});

test("a failure ends it without a tag, and the next run goes on where it was", async () => {
  writeFileSync(join(folder, "refused"), "second");
  await expect(publishRelease(release, repository, () => {})).rejects.toThrow("the registry is away");
  expect(await tags()).toBe("");

  writeFileSync(join(folder, "refused"), "");
  const told: string[] = [];
  await publishRelease(release, repository, (line) => told.push(line));
  expect(told.slice(0, 3)).toEqual(["is there    first 1.2.3", "published   second 1.2.3", "published   third 1.2.3"]);
  expect(readFileSync(join(folder, "calls"), "utf8").match(/publish first/g)).toHaveLength(1);
});
