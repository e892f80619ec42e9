import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CgroupMount, findCgroupMounts } from "@irqtrace/tracer";

/** What comes and goes while it is looked at. */
const GONE: readonly unknown[] = ["ENOENT", "ENODEV", "ENOTDIR"];

/**
 * Paths of cgroups (v2) by the numbers that the kernel gives them: the inode numbers of their directories. The tree is
 * walked when a number is new; a cgroup that has gone by then has none.
 *
 * @example
 * ```ts
 * // kernel
 * import { CgroupPaths } from "@irqtrace/interrupts";
 *
 * console.log(new CgroupPaths().find([1])); // Map(1) { 1: "/" }
 * ```
 */
export class CgroupPaths {
  readonly #mounts: readonly CgroupMount[];
  readonly #paths: Map<number, string> = new Map();
  /** A number that was not found once is not looked for again: a later cgroup has another. */
  readonly #asked: Set<number> = new Set();

  /** @param mounts Where cgroup v2 is mounted. A cgroup that several have is named by the first of them. */
  constructor(mounts: readonly CgroupMount[] = findCgroupMounts()) {
    this.#mounts = mounts;
  }

  /** Paths as in /proc/self/cgroup, of those that are known; they stay known when the cgroup goes. */
  find(ids: Iterable<number>): ReadonlyMap<number, string> {
    const wanted = [...ids];
    if (wanted.some((id) => !this.#asked.has(id))) {
      for (const { directory, root } of this.#mounts.toReversed()) this.#walk(directory, root === "/" ? "" : root);
      for (const id of wanted) this.#asked.add(id);
    }
    return new Map(
      wanted.flatMap((id) => {
        const path = this.#paths.get(id);
        return path === undefined ? [] : [[id, path] as const];
      }),
    );
  }

  #walk(directory: string, path: string): void {
    try {
      this.#paths.set(statSync(directory).ino, path === "" ? "/" : path);
      for (const entry of readdirSync(directory, { withFileTypes: true })) {
        if (entry.isDirectory()) this.#walk(join(directory, entry.name), `${path}/${entry.name}`);
      }
    } catch (error) {
      if (error instanceof Error && "code" in error && GONE.includes(error.code)) return;
      throw error;
    }
  }
}
