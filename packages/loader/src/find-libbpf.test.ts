import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { UnsupportedPlatformError } from "./errors.ts";
import { findLibbpf, isSupported } from "./find-libbpf.ts";

/** A library that is loaded already and is no libbpf. */
const OTHER_LIBRARY = /\/\S*libc\S*\.so\S*/.exec(readFileSync("/proc/self/maps", "utf8"))?.[0] ?? "no library found";

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
