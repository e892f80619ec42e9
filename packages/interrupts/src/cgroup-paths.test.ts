import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  expect(new CgroupPaths([mount]).find([root, service])).toEqual(
    new Map([
      [root, "/"],
      [service, "/system.slice/web.service"],
    ]),
  );
});

test("one that came later is found, and one that has gone keeps its path", () => {
  mkdirSync(join(mount, "first"));
  const paths = new CgroupPaths([mount]);
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
  const paths = new CgroupPaths([mount]);
  expect(paths.find([4_000_000_000]).size).toBe(0);
  mkdirSync(join(mount, "later"));
  const later = idOf("/later");
  expect(paths.find([4_000_000_000]).size).toBe(0);
  expect(paths.find([later]).get(later)).toBe("/later");
});

test("without a mount, or with one that has gone, there are no paths", () => {
  expect(new CgroupPaths([]).find([1]).size).toBe(0);
  expect(new CgroupPaths([join(mount, "no-such-directory")]).find([1]).size).toBe(0);
});
