import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname } from "node:path";
import { openSuite } from "../../scripts/debian/debian-packages.ts";
import { runCommand } from "../../scripts/debian/run-command.ts";
import type { Architecture } from "./kernels.ts";
import type { UserlandFile } from "./userland.ts";

/** What an architecture's programs are called by Debian and by npm. */
interface ForeignNames {
  readonly multiarch: string;
  readonly dynamicLoader: string;
  readonly bunPackage: string;
}

const NAMES: Readonly<Partial<Record<Architecture, ForeignNames>>> = {
  arm64: {
    multiarch: "aarch64-linux-gnu",
    dynamicLoader: "ld-linux-aarch64.so.1",
    bunPackage: "@oven/bun-linux-aarch64",
  },
};

/** The suite that busybox and the libraries are from. */
const SUITE = "bookworm";
const PACKAGES = ["busybox-static", "libc6"];
const LIBRARIES = ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0"];

interface PinnedPackage {
  readonly version: string;
  readonly integrity: string;
}

/**
 * What userland() gives for this machine's architecture, for another one: Debian's packages, and the Bun that the toolchain's lock file
 * pins, from npm. Kept in `cache` until the pinned Bun changes.
 */
export async function foreignUserland(
  architecture: Architecture,
  repository: string,
  cache: string,
): Promise<readonly UserlandFile[]> {
  const names = NAMES[architecture];
  if (names === undefined) throw new RangeError(`Guests of ${architecture} need a machine of that architecture.`);
  const bun = pinnedPackage(`${repository}/toolchain/package-lock.json`, names.bunPackage);
  const tree = `${cache}/foreign-${architecture}-${SUITE}-bun-${bun.version}`;
  if (!existsSync(tree)) await fetchTree(architecture, names, bun, tree);
  return [
    { source: found(tree, "busybox", ["bin", "usr/bin"]), path: "/bin/busybox" },
    { source: `${tree}/package/bin/bun`, path: "/bin/bun" },
    { source: found(tree, names.dynamicLoader, ["lib", "usr/lib"]), path: `/lib/${names.dynamicLoader}` },
    ...LIBRARIES.map((library) => ({
      source: found(tree, library, [`lib/${names.multiarch}`, `usr/lib/${names.multiarch}`]),
      path: `/lib/${names.multiarch}/${library}`,
    })),
  ];
}

/** Runs side by side may fetch twice but never see half of a tree: it gets its name when it is whole. */
async function fetchTree(
  architecture: Architecture,
  names: ForeignNames,
  bun: PinnedPackage,
  tree: string,
): Promise<void> {
  mkdirSync(dirname(tree), { recursive: true });
  const work = mkdtempSync(`${tree}.work-`);
  try {
    const unpacked = `${work}/tree`;
    await (await openSuite(SUITE, architecture, work)).unpack(PACKAGES, unpacked);
    await unpackNpmPackage(names.bunPackage, bun, work, unpacked);
    if (!existsSync(tree)) renameSync(unpacked, tree);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function pinnedPackage(lockFile: string, name: string): PinnedPackage {
  const lock: { packages: Readonly<Record<string, Partial<PinnedPackage>>> } = JSON.parse(
    readFileSync(lockFile, "utf8"),
  );
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`${lockFile} does not pin ${name}.`);
  return { version, integrity };
}

async function unpackNpmPackage(name: string, pinned: PinnedPackage, work: string, tree: string): Promise<void> {
  const downloads = `${work}/npm`;
  mkdirSync(downloads);
  await runCommand(["npm", "pack", "--silent", "--ignore-scripts", `${name}@${pinned.version}`], { cwd: downloads });
  const [file] = readdirSync(downloads);
  const bytes = await Bun.file(`${downloads}/${file}`).bytes();
  const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(bytes).digest("base64")}`;
  if (integrity !== pinned.integrity)
    throw new Error(`${name}@${pinned.version} has integrity ${integrity}, and ${pinned.integrity} is pinned.`);
  await runCommand(["tar", "-xzf", `${downloads}/${file}`, "-C", tree]);
}

function found(tree: string, file: string, directories: readonly string[]): string {
  const path = directories
    .map((directory) => `${tree}/${directory}/${file}`)
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`${file} is not where it was expected in ${tree}.`);
  return realpathSync(path);
}
