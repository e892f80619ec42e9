import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnsupportedPlatformError } from "@irqtrace/loader";
import { cgroupMounts, findCgroup, findCgroupMounts } from "./cgroup.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "cgroup test ")));
const mount = join(root, "unified");
const elsewhere = join(root, "elsewhere");
for (const folder of [join(mount, "web.slice/api"), elsewhere]) mkdirSync(folder, { recursive: true });
afterAll(() => rmSync(root, { recursive: true }));

const escaped = mount.replaceAll(" ", "\\040");
const mountinfo = [
  "30 25 0:26 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu",
  `31 25 0:27 / ${escaped} rw,relatime shared:10 master:2 - cgroup2 cgroup2 rw,nsdelegate`,
  "32 25 0:28 / /proc rw - proc proc rw",
].join("\n");

test("only mounts of version 2 count, also beside version 1, and escapes in their paths are undone", () => {
  expect(findCgroupMounts(mountinfo)).toEqual([{ directory: mount, root: "/" }]);
  expect(cgroupMounts(mountinfo)).toEqual([mount]);
});

describe("with a cgroup that is mounted elsewhere too, by itself", () => {
  const part = join(root, "part");
  mkdirSync(join(part, "web.slice"), { recursive: true });
  mkdirSync(join(part, "api"));
  const partly = `33 25 0:27 /web.slice ${part.replaceAll(" ", "\\040")} rw - cgroup2 cgroup2 rw`;

  test("the whole tree comes first, wherever it is listed", () => {
    const mounts = [
      { directory: mount, root: "/" },
      { directory: part, root: "/web.slice" },
    ];
    expect(findCgroupMounts(`${partly}\n${mountinfo}`)).toEqual(mounts);
    expect(findCgroupMounts(`${mountinfo}\n${partly}`)).toEqual(mounts);
  });

  test("a path as in /proc/self/cgroup leads into the whole tree", () => {
    expect(findCgroup("/web.slice", `${partly}\n${mountinfo}`)).toBe(join(mount, "web.slice"));
  });

  test("it leads to its own place in the part, where that is all there is", () => {
    expect(findCgroup("/web.slice/api", partly)).toBe(join(part, "api"));
    expect(findCgroup("/web.slice", partly)).toBe(part);
    expect(() => findCgroup("/web.slice.d", partly)).toThrow(RangeError);
    expect(() => findCgroup("/api", partly)).toThrow(`Give a directory below ${part}`);
  });
});

test("a cgroup is found by its directory", () => {
  expect(findCgroup(join(mount, "web.slice"), mountinfo)).toBe(join(mount, "web.slice"));
});

test("a cgroup is found by its path as in /proc/self/cgroup, the root too", () => {
  expect(findCgroup("/web.slice/api", mountinfo)).toBe(join(mount, "web.slice/api"));
  expect(findCgroup("/", mountinfo)).toBe(mount);
});

test("a path with links or .. is taken for where it leads", () => {
  const link = join(root, "link");
  symlinkSync(join(mount, "web.slice"), link);
  expect(findCgroup(link, mountinfo)).toBe(join(mount, "web.slice"));
  expect(() => findCgroup(join(mount, "..", "elsewhere"), mountinfo)).toThrow(RangeError);
});

test("a directory that is no cgroup is refused, and so is one whose name only starts like the mount's", () => {
  mkdirSync(`${mount}-copy`);
  for (const path of [elsewhere, `${mount}-copy`, "/no/such/cgroup"]) {
    expect(() => findCgroup(path, mountinfo)).toThrow(`Cannot filter by cgroup "${path}": there is no such cgroup v2.`);
  }
});

test("where version 2 is not mounted, it is the machine that cannot, and the error says how to mount it", () => {
  const find = (): string => findCgroup("/", "30 25 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu");
  expect(find).toThrow(UnsupportedPlatformError);
  expect(find).toThrow("mount -t cgroup2");
});
