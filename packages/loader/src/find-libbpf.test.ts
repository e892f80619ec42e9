import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledLibbpf } from "@irqtrace/libbpf";
import { UnsupportedPlatformError } from "./errors.ts";
import { findLibbpf, isSupported } from "./find-libbpf.ts";

const LIBRARY = bundledLibbpf()?.path ?? "";
/** A library that is loaded already and is no libbpf. */
const OTHER_LIBRARY =
  /\/\S*\/(?:libc|ld-musl)[^/\s]*\.so\S*/.exec(readFileSync("/proc/self/maps", "utf8"))?.[0] ?? "no library found";
const work = mkdtempSync(join(tmpdir(), "irqtrace-find-libbpf-"));
afterAll(() => rmSync(work, { recursive: true }));

describe("a library that IRQTRACE_LIBBPF names is refused if it is", () => {
  const refused: readonly (readonly [what: string, path: string, why: string])[] = [
    ["not there", "/no/such/libbpf.so", 'Cannot use "/no/such/libbpf.so" as libbpf'],
    ["not a library", import.meta.path, "as libbpf"],
    ["another library", OTHER_LIBRARY, '"libbpf_major_version" not found'],
    ["given by a relative path", "libbpf.so.1", "it is not an absolute path"],
  ];
  test.each(refused)("%s", (_what, path, why) => {
    const find = (): unknown => findLibbpf({ IRQTRACE_LIBBPF: path });
    expect(find).toThrow(UnsupportedPlatformError);
    expect(find).toThrow(why);
  });
});

test("the one that IRQTRACE_LIBBPF names is taken before the bundled one, which is not even looked for", () => {
  const bundled = (): never => {
    throw new Error("looked for");
  };
  expect(findLibbpf({ IRQTRACE_LIBBPF: LIBRARY }, bundled)).toMatchObject({ source: "environment", request: LIBRARY });
});

test("the bundled one is taken before the system's, with its shim", () => {
  const found = findLibbpf({ IRQTRACE_LIBBPF: "" });
  expect(found).toMatchObject({ source: "bundled", request: LIBRARY });
  expect(found.shim?.irqtrace_shim_version()).toBe(1);
});

test("what goes wrong in looking for the bundled one is not hidden by the system's", () => {
  const failure = new TypeError("the package is broken");
  const find = (): unknown =>
    findLibbpf({}, () => {
      throw failure;
    });
  expect(find).toThrow(failure);
});

/** What a process finds whose dynamic linker finds `system` as libbpf.so.1. */
function findWith(system: string, bundled: string | null): string {
  const folder = mkdtempSync(join(work, "system-"));
  symlinkSync(system, join(folder, "libbpf.so.1"));
  const program = `import { findLibbpf } from ${JSON.stringify(join(import.meta.dir, "find-libbpf.ts"))};
    try {
      const { source, whyNotBundled } = findLibbpf({}, () => ${JSON.stringify(bundled)});
      console.log([source, whyNotBundled].filter((word) => word !== null).join(": "));
    }
    catch (error) { console.log(error.name + ": " + error.message); }`;
  const env = { ...process.env, LD_LIBRARY_PATH: folder };
  const { stdout, stderr } = Bun.spawnSync([process.execPath, "--eval", program], { env, stderr: "pipe" });
  expect(stderr.toString()).toBe("");
  return stdout.toString().trim();
}

describe("the system's libbpf", () => {
  const rubbish = join(work, "rubbish.so");
  writeFileSync(rubbish, "no library, but long enough to be looked at as one".repeat(20));

  test("is taken where none is bundled", () => {
    expect(findWith(LIBRARY, null)).toBe("system");
  });

  test.each(["/no/such/libbpf.so", rubbish, OTHER_LIBRARY, "/$bunfs/root/libbpf.so"])(
    "is taken where the bundled one is unusable, and why is told: %s",
    (bundled) => {
      expect(findWith(LIBRARY, bundled)).toStartWith(`system: Cannot use "${bundled}" as libbpf: `);
    },
  );

  test("that is unusable as well is told together with the other's reason", () => {
    const message = findWith(rubbish, "/no/such/libbpf.so");
    expect(message).toStartWith('UnsupportedPlatformError: Cannot use "libbpf.so.1" as libbpf: ');
    expect(message).toMatch(/Cannot use "\/no\/such\/libbpf\.so" as libbpf: .*No such file/);
    expect(message).toEndWith("or set IRQTRACE_LIBBPF to the path of one.");
  });
});

test("versions from 1.1 on are supported", () => {
  const versions = [
    [0, 8],
    [1, 0],
    [1, 1],
    [1, 7],
    [2, 0],
  ] as const;
  expect(versions.map(([major, minor]) => isSupported(major, minor))).toEqual([false, false, true, true, true]);
});
