import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type DebianSuite, openSuite } from "../../scripts/debian/debian-packages.ts";
import type { GuestKernel } from "./kernels.ts";

/** A kernel unpacked in the cache. */
export interface StoredKernel {
  readonly kernel: GuestKernel;
  /** The Debian version of the package. */
  readonly version: string;
  /** What `uname -r` says. */
  readonly release: string;
  readonly image: string;
  readonly modules: string;
}

interface StoreRecord {
  readonly version: string;
  readonly release: string;
  readonly checkedAtMs: number;
}

export const REPOSITORY: string = resolve(import.meta.dirname, "../..");

/** Where kernels and images are kept between runs. */
export const CACHE_DIRECTORY: string = `${REPOSITORY}/.cache/vm`;

/** How long a stored kernel is used before the suite is asked for a newer one. */
const CHECK_EVERY_MS = 7 * 24 * 3600 * 1000;

/**
 * The suite's kernel, from the cache or from the suite's mirror. A mirror that cannot be reached is no error while the cache has a
 * kernel. Runs side by side may do the work twice but never see half of it: every change is one rename.
 */
export async function storedKernel(kernel: GuestKernel, store = `${CACHE_DIRECTORY}/kernels`): Promise<StoredKernel> {
  const shelf = `${store}/${kernel.id}`;
  const known = await readRecord(shelf);
  if (known !== undefined && Date.now() - known.checkedAtMs < CHECK_EVERY_MS) return fromRecord(kernel, shelf, known);
  mkdirSync(shelf, { recursive: true });
  const work = mkdtempSync(`${shelf}/.work-`);
  try {
    const record = await fetchKernel(kernel, shelf, work);
    writeRecord(shelf, work, record);
    removeOlder(shelf, [record.version, known?.version]);
    return fromRecord(kernel, shelf, record);
  } catch (error) {
    if (known === undefined) throw error;
    console.warn(
      `Going on with the cached kernel ${known.version} of ${kernel.suite}: ${error instanceof Error ? error.message : error}`,
    );
    return fromRecord(kernel, shelf, known);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function fetchKernel(kernel: GuestKernel, shelf: string, work: string): Promise<StoreRecord> {
  const suite = await openSuite(kernel.suite, kernel.architecture, work);
  const packages = await kernelPackages(suite, kernel.metapackage);
  const version = await suite.version(kernel.metapackage);
  const tree = `${work}/tree`;
  await suite.unpack(packages, tree);
  const { image, modules, release } = findKernel(tree);
  if (!release.startsWith(kernel.releasePrefix)) {
    throw new Error(
      `${kernel.suite} has kernel ${release} where ${kernel.releasePrefix}* was expected. Correct the table of guest kernels.`,
    );
  }
  const finished = `${work}/finished`;
  mkdirSync(finished);
  renameSync(image, `${finished}/vmlinuz`);
  renameSync(modules, `${finished}/modules`);
  if (!existsSync(`${shelf}/${version}`)) renameUnlessThere(finished, `${shelf}/${version}`);
  return { version, release, checkedAtMs: Date.now() };
}

/** The metapackage names one versioned image package; newer suites split that into image, modules and base. */
async function kernelPackages(suite: DebianSuite, metapackage: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const pending = [metapackage];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const dependency of await suite.dependencies(name)) {
      if (!/^linux-(image|binary|modules|base)-\d/.test(dependency) || found.has(dependency)) continue;
      found.add(dependency);
      pending.push(dependency);
    }
  }
  if (found.size === 0) throw new Error(`${metapackage} depends on no kernel package.`);
  return [...found];
}

function findKernel(tree: string): { image: string; modules: string; release: string } {
  for (const parent of ["lib/modules", "usr/lib/modules"]) {
    const release = existsSync(`${tree}/${parent}`) ? readdirSync(`${tree}/${parent}`)[0] : undefined;
    if (release === undefined) continue;
    const modules = `${tree}/${parent}/${release}`;
    const image = [`${tree}/boot/vmlinuz-${release}`, `${modules}/vmlinuz`].find((path) => existsSync(path));
    if (image !== undefined) return { image, modules, release };
  }
  throw new Error("The kernel's packages hold no vmlinuz beside a directory of modules.");
}

async function readRecord(shelf: string): Promise<StoreRecord | undefined> {
  const file = Bun.file(`${shelf}/current.json`);
  if (!(await file.exists())) return undefined;
  const record: StoreRecord = await file.json();
  return existsSync(`${shelf}/${record.version}/vmlinuz`) ? record : undefined;
}

function writeRecord(shelf: string, work: string, record: StoreRecord): void {
  writeFileSync(`${work}/current.json`, JSON.stringify(record));
  renameSync(`${work}/current.json`, `${shelf}/current.json`);
}

function fromRecord(kernel: GuestKernel, shelf: string, record: StoreRecord): StoredKernel {
  const { version, release } = record;
  return { kernel, version, release, image: `${shelf}/${version}/vmlinuz`, modules: `${shelf}/${version}/modules` };
}

function renameUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Another run was first with the same version.
    if (!existsSync(to)) throw error;
  }
}

/** Keeps the version before, which a run side by side may be reading. */
function removeOlder(shelf: string, keep: readonly (string | undefined)[]): void {
  for (const name of readdirSync(shelf)) {
    if (/^\d/.test(name) && !keep.includes(name)) rmSync(`${shelf}/${name}`, { recursive: true, force: true });
  }
}
