/**
 * Checks what no other tool does: manifests and licences of the packages, versions that must agree, texts that belong to
 * one machine. Reports files that have grown long.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Manifest, manifestFaults } from "./repository/manifest-rules.ts";
import { forbiddenTexts, textFaults } from "./repository/text-rules.ts";

const LONG_FILE_LINES = 250;
const repository = dirname(import.meta.dir);

function read(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

function trackedFiles(): readonly string[] {
  // A checkout may belong to somebody else than who checks it.
  const git = Bun.spawnSync(["git", "-c", "safe.directory=*", "ls-files", "-z"], { cwd: repository, stderr: "pipe" });
  if (!git.success) throw new Error(`Cannot list the files of the repository: ${git.stderr.toString()}`);
  return git.stdout
    .toString()
    .split("\0")
    .filter((file) => file !== "" && existsSync(join(repository, file)));
}

function packageFaults(folders: readonly string[]): readonly string[] {
  const manifests = folders.map((folder): readonly [string, Manifest] => [
    folder,
    JSON.parse(read(`${folder}/package.json`)),
  ]);
  const faults = manifests.flatMap(([folder, manifest]) =>
    manifestFaults(manifest, (path) => existsSync(join(repository, folder, path))),
  );
  const [first] = manifests;
  for (const [folder, manifest] of manifests) {
    if (manifest.version !== first?.[1].version) faults.push(`${manifest.name}: versions of the packages differ`);
    if (manifest.license === "MIT" && read(`${folder}/LICENSE`) !== read("LICENSE")) {
      faults.push(`${folder}/LICENSE differs from LICENSE`);
    }
  }
  return faults;
}

function pinFaults(): readonly string[] {
  const { packageManager }: { packageManager: string } = JSON.parse(read("package.json"));
  const { dependencies }: { dependencies: { bun: string } } = JSON.parse(read("toolchain/package.json"));
  return packageManager === `bun@${dependencies.bun}`
    ? []
    : [`package.json says ${packageManager}, toolchain/ ${dependencies.bun}`];
}

const files = trackedFiles();
const folders = files.filter((file) => /^(packages|apps)\/[^/]+\/package\.json$/.test(file)).map(dirname);
const texts = files.filter((file) => !/\.(o|so|png|gz)$/.test(file));
const forbidden = forbiddenTexts(repository);
const faults = [
  ...packageFaults(folders),
  ...pinFaults(),
  ...texts.flatMap((file) => textFaults(file, read(file), forbidden)),
];

for (const file of files.filter((name) => /(?<!\.gen|\.test)\.(ts|c|h)$/.test(name))) {
  const lines = read(file).split("\n").length - 1;
  if (lines > LONG_FILE_LINES) console.log(`long: ${lines} lines in ${file}`);
}
for (const fault of faults) console.log(fault);
console.log(`${folders.length} packages, ${files.length} files, ${faults.length} faults`);
if (folders.length === 0 || faults.length > 0) process.exitCode = 1;
