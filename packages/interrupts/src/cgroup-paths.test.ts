import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CgroupMount } from "@irqtrace/tracer";
import { CgroupPaths } from "./cgroup-paths.ts";

let mount: string;

beforeEach(() => {
  mount = mkdtempSync(join(tmpdir(), "irqtrace-cgroups-"));
});

afterEach(() => {
  rmSync(mount, { recursive: true });
});

const idOf = (path: string): number => statSync(join(mount, path)).ino;

test("paths are those below the mount, and the mount itself is the root", () => {
  mkdirSync(join(mount, "system.slice/web.service"), { recursive: true });
  const [root, service] = [idOf("/"), idOf("/system.slice/web.service")];
  expect(new CgroupPaths([{ directory: mount, root: "/" }]).find([root, service])).toEqual(
    new Map([
      [root, "/"],
      [service, "/system.slice/web.service"],
    ]),
  );
});

test("one that came later is found, and one that has gone keeps its path", () => {
  mkdirSync(join(mount, "first"));
  const paths = new CgroupPaths([{ directory: mount, root: "/" }]);
  const first = idOf("/first");
  expect(paths.find([first]).get(first)).toBe("/first");
  mkdirSync(join(mount, "second"));
  const second = idOf("/second");
  rmSync(join(mount, "first"), { recursive: true });
  expect(paths.find([first, second])).toEqual(
    new Map([
      [first, "/first"],
      [second, "/second"],
    ]),
  );
});

test("a number that no cgroup has is left out, and the tree is not walked for it again", () => {
  const paths = new CgroupPaths([{ directory: mount, root: "/" }]);
  expect(paths.find([4_000_000_000]).size).toBe(0);
  mkdirSync(join(mount, "later"));
  const later = idOf("/later");
  expect(paths.find([4_000_000_000]).size).toBe(0);
  expect(paths.find([later]).get(later)).toBe("/later");
});

test("without a mount, or with one that has gone, there are no paths", () => {
  expect(new CgroupPaths([]).find([1]).size).toBe(0);
  expect(new CgroupPaths([{ directory: join(mount, "no-such-directory"), root: "/" }]).find([1]).size).toBe(0);
});

describe("with a part of the tree mounted elsewhere too", () => {
  /** A link shows the same inodes at another place, as a bind mount does. */
  function mountPart(): CgroupMount {
    mkdirSync(join(mount, "tree/web.slice/api"), { recursive: true });
    symlinkSync(join(mount, "tree/web.slice"), join(mount, "part"));
    return { directory: join(mount, "part"), root: "/web.slice" };
  }

  test("paths are those of the whole tree", () => {
    const mounts = [{ directory: join(mount, "tree"), root: "/" }, mountPart()];
    const [slice, api] = [idOf("tree/web.slice"), idOf("tree/web.slice/api")];
    expect(new CgroupPaths(mounts).find([slice, api])).toEqual(
      new Map([
        [slice, "/web.slice"],
        [api, "/web.slice/api"],
      ]),
    );
  });

  test("paths are whole, where the part is all there is", () => {
    const part = mountPart();
    const api = idOf("tree/web.slice/api");
    expect(new CgroupPaths([part]).find([api]).get(api)).toBe("/web.slice/api");
  });

  test("a file that is mounted by itself is no tree", () => {
    writeFileSync(join(mount, "cgroup.procs"), "");
    const file = { directory: join(mount, "cgroup.procs"), root: "/web.slice/cgroup.procs" };
    const root = idOf("/");
    expect(new CgroupPaths([{ directory: mount, root: "/" }, file]).find([root]).get(root)).toBe("/");
  });
});
