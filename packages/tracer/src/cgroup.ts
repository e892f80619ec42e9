import { closeSync, constants, openSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { UnsupportedPlatformError } from "@irqtrace/loader";

const MOUNTINFO_PATH = "/proc/self/mountinfo";

/**
 * A directory where cgroup v2, or a part of it, is mounted.
 *
 * @example
 * ```ts
 * import type { CgroupMount } from "@irqtrace/tracer";
 *
 * const mount: CgroupMount = { directory: "/sys/fs/cgroup", root: "/" };
 * console.log(mount.root); // /
 * ```
 */
export interface CgroupMount {
  readonly directory: string;
  /** The cgroup that the directory is: "/" unless another one was mounted there by itself. */
  readonly root: string;
}

/**
 * Where cgroup v2 is mounted, also beside v1 ("hybrid"), and which part of it. Whole trees come before parts.
 *
 * @param mountinfo what /proc/self/mountinfo says
 *
 * @example
 * ```ts
 * // kernel
 * import { findCgroupMounts } from "@irqtrace/tracer";
 *
 * console.log(findCgroupMounts()); // [ { directory: "/sys/fs/cgroup", root: "/" } ]
 * ```
 */
export function findCgroupMounts(mountinfo: string = readFileSync(MOUNTINFO_PATH, "utf8")): CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of mountinfo.split("\n")) {
    // Optional fields end at " - "; the file system type follows.
    const [before, after] = line.split(" - ", 2);
    if (before === undefined || after === undefined || !after.startsWith("cgroup2 ")) continue;
    const [root, directory] = before.split(" ").slice(3);
    if (root !== undefined && directory !== undefined)
      mounts.push({ directory: unescapeOctal(directory), root: unescapeOctal(root) });
  }
  return [...mounts.filter(({ root }) => root === "/"), ...mounts.filter(({ root }) => root !== "/")];
}

/**
 * The directories of {@link findCgroupMounts}: below them the option `cgroup` finds cgroups.
 *
 * @param mountinfo what /proc/self/mountinfo says
 *
 * @example
 * ```ts
 * // kernel
 * import { cgroupMounts } from "@irqtrace/tracer";
 *
 * console.log(cgroupMounts()); // [ "/sys/fs/cgroup" ]
 * ```
 */
export function cgroupMounts(mountinfo?: string): string[] {
  return findCgroupMounts(mountinfo).map(({ directory }) => directory);
}

/** mountinfo writes space, tab, newline and backslash as \\ooo. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/**
 * The directory of a cgroup v2, given as a path in the file system or as in /proc/self/cgroup.
 *
 * @throws RangeError if there is no such cgroup; UnsupportedPlatformError if cgroup v2 is not mounted.
 */
export function findCgroup(path: string, mountinfo: string = readFileSync(MOUNTINFO_PATH, "utf8")): string {
  const mounts = findCgroupMounts(mountinfo);
  if (mounts.length === 0) {
    throw new UnsupportedPlatformError(
      `Cannot filter by cgroup "${path}": cgroup v2 is not mounted here. Mount it: mount -t cgroup2 none /sys/fs/cgroup.`,
    );
  }
  for (const candidate of [path, ...mounts.flatMap((mount) => directoryOf(path, mount))]) {
    const directory = existingDirectory(candidate);
    if (directory !== null && mounts.some((mount) => isWithin(directory, mount.directory))) return directory;
  }
  const directories = mounts.map(({ directory }) => directory).join(" or ");
  throw new RangeError(
    `Cannot filter by cgroup "${path}": there is no such cgroup v2. Give a directory below ${directories}, or a path as in /proc/self/cgroup.`,
  );
}

/** Where a mount has the cgroup of this path as in /proc/self/cgroup, if it can have it. */
function directoryOf(path: string, { directory, root }: CgroupMount): string[] {
  if (root === "/") return [join(directory, path)];
  return isWithin(path, root) ? [join(directory, path.slice(root.length))] : [];
}

function existingDirectory(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() ? realpathSync(path) : null;
}

const isWithin = (directory: string, mount: string): boolean =>
  directory === mount || directory.startsWith(mount === "/" ? "/" : `${mount}/`);

/** An open directory, whose descriptor names its cgroup to the kernel. */
export interface OpenCgroup extends Disposable {
  readonly fd: number;
}

/** @throws RangeError or UnsupportedPlatformError as {@link findCgroup}. */
export function openCgroup(path: string): OpenCgroup {
  const fd = openSync(findCgroup(path), constants.O_RDONLY | constants.O_DIRECTORY);
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}
