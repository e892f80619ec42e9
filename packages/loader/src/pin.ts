import { existsSync, lstatSync, type Stats, statfsSync, unlinkSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { checkNumber } from "./check.ts";
import { EEXIST, EINVAL, EISDIR, EPERM } from "./errno-table.ts";
import { BpfError, type BpfErrorDetails } from "./errors.ts";
import { cString } from "./ffi.ts";
import { nativeCalls, startOf } from "./native-calls.ts";
import { permissionHint } from "./permission-hint.ts";

const BPF_FS_MAGIC = 0xcafe4a11;

/** Makes what a descriptor stands for stay under a path of a bpffs. */
export function pinDescriptor(fd: number, name: string, path: string): void {
  assertAbsolute(path, "pin at");
  const pathBytes = cString(path);
  const outcome = nativeCalls().run((functions) => functions.bpf_obj_pin(fd, startOf(pathBytes)));
  checkNumber(outcome, {
    operation: "pin",
    what: name,
    explain: (details) => explainPin(details, path),
  });
}

/** Opens what is pinned under a path and gives a descriptor of it. */
export function openPinnedDescriptor(path: string): number {
  assertAbsolute(path, "open");
  const pathBytes = cString(path);
  const outcome = nativeCalls().run((functions) => functions.bpf_obj_get(startOf(pathBytes)));
  return checkNumber(outcome, {
    operation: "open the pinned",
    what: path,
    explain: (details) =>
      new BpfError(
        details.errno === EPERM
          ? { ...details, hint: permissionHint() }
          : onBpffs(details, path, "Nothing is pinned below it."),
      ),
  });
}

/**
 * Removes the path of something pinned; what it stood for ends once nobody uses it.
 *
 * @throws TypeError if the path does not lie on a bpffs: nothing else is ever removed
 * @throws {@link BpfError} if there is nothing, or a directory or a symbolic link, or the kernel refuses
 *
 * @example
 * ```ts
 * // kernel
 * import { BpfError, unpin } from "@irqtrace/loader";
 *
 * try {
 *   unpin("/sys/fs/bpf/counts");
 * } catch (error) {
 *   if (error instanceof BpfError) console.log(error.code); // ENOENT
 * }
 * ```
 */
export function unpin(path: string): void {
  assertAbsolute(path, "unpin");
  try {
    removePin(path, lstatSync(path));
  } catch (error) {
    throw isSystemError(error) ? new BpfError({ operation: "unpin", what: path, errno: -error.errno }) : error;
  }
}

function removePin(path: string, entry: Stats): void {
  // Not the path itself: a link that leads to a bpffs is no part of it.
  if (!isOnBpffs(dirname(path))) {
    throw new TypeError(`Cannot unpin "${path}": it does not lie on a bpffs, so nothing is pinned there.`);
  }
  const attempt = { operation: "unpin", what: path };
  if (entry.isDirectory()) throw new BpfError({ ...attempt, errno: EISDIR });
  if (entry.isSymbolicLink()) {
    const hint = "Unpin what it leads to.";
    throw new BpfError({ ...attempt, errno: EINVAL, why: "it is a symbolic link", hint });
  }
  unlinkSync(path);
}

// What node:fs throws: the number is negative.
function isSystemError(error: unknown): error is Error & { readonly errno: number } {
  return error instanceof Error && "errno" in error && typeof error.errno === "number" && error.errno < 0;
}

function explainPin(details: BpfErrorDetails, path: string): BpfError {
  if (details.errno === EEXIST) {
    return new BpfError({
      ...details,
      why: `"${path}" exists already`,
      hint: "Unpin it first, or choose another path.",
    });
  }
  return new BpfError(onBpffs(details, path, "Create it first."));
}

// The kernel says EPERM for a path on another file system, which sends readers the wrong way.
function onBpffs(details: BpfErrorDetails, path: string, hintWithoutFolder: string): BpfErrorDetails {
  const folder = dirname(path);
  const there = existingPartOf(folder);
  if (!isOnBpffs(there)) {
    const hint = "Mount one: mount -t bpf bpf /sys/fs/bpf";
    return { ...details, why: `"${there}" does not lie on a bpffs`, hint };
  }
  if (there !== folder) return { ...details, why: `the folder "${folder}" does not exist`, hint: hintWithoutFolder };
  return details.errno === EPERM ? { ...details, hint: permissionHint() } : details;
}

function existingPartOf(folder: string): string {
  return existsSync(folder) ? folder : existingPartOf(dirname(folder));
}

function isOnBpffs(path: string): boolean {
  return statfsSync(path).type === BPF_FS_MAGIC;
}

function assertAbsolute(path: string, operation: string): void {
  if (!isAbsolute(path)) throw new TypeError(`Cannot ${operation} "${path}": give an absolute path on a bpffs.`);
}
