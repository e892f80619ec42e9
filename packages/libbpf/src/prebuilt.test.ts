import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LIBBPF_VERSION } from "./bundled-libbpf.ts";
import { LIBBPF_TARGETS, type LibbpfTarget } from "./libbpf-target.ts";
import { faultsOf, newestGlibc } from "./testing/library-bounds.ts";
import { openShim } from "./testing/open-shim.ts";
import { readSharedObject, type SharedObject } from "./testing/shared-object.ts";

const prebuilt = join(import.meta.dir, "../prebuilt");

function bytesOf(target: LibbpfTarget): Buffer {
  return readFileSync(join(prebuilt, target, "libbpf.so"));
}

test.each(LIBBPF_TARGETS)("the file for %s keeps its promises", (target) => {
  const bytes = bytesOf(target);
  expect(faultsOf(readSharedObject(bytes), bytes.length, target)).toEqual([]);
});

test("all files give the same functions", () => {
  const names = LIBBPF_TARGETS.map((target) =>
    readSharedObject(bytesOf(target))
      .exports.map(({ name, version }) => `${name}@${version}`)
      .sort(),
  );
  expect(names[0]?.length).toBeGreaterThan(300);
  for (const other of names.slice(1)) expect(other).toEqual(names[0] ?? []);
});

test("the files are those that the checksums are of", () => {
  const sums = LIBBPF_TARGETS.map(
    (target) => `${createHash("sha256").update(bytesOf(target)).digest("hex")}  ${target}/libbpf.so\n`,
  );
  expect(readFileSync(join(prebuilt, "SHA256SUMS"), "utf8")).toBe(sums.join(""));
});

test("nothing in the files tells where they were built", () => {
  for (const target of LIBBPF_TARGETS) {
    const text = bytesOf(target).toString("latin1");
    expect(text).not.toMatch(/irqtrace-libbpf-|sysroot-|\/packages\/|irqtrace-\w+\.c/);
  }
});

test("the bundled libbpf is the version that the package says", () => {
  expect(LIBBPF_VERSION).toStartWith(`${String(openShim().libbpf_version_string()).slice(1)}.`);
});

// The two stores and loads of arm64 that order what is around them, whatever registers they use.
const isAcquire = (word: number): boolean => [0x88dffc00, 0xc8dffc00].includes((word & 0xfffffc00) >>> 0);
const isRelease = (word: number): boolean => (word & 0xfffffc00) >>> 0 === 0xc89ffc00;

test.each(["linux-arm64-glibc", "linux-arm64-musl"] as const)(
  "the file for %s reads rings with acquire and releases them",
  (target) => {
    const bytes = bytesOf(target);
    const { exports } = readSharedObject(bytes);
    const wordsOf = (name: string): readonly number[] => {
      const symbol = exports.find((candidate) => candidate.name === name);
      const { fileOffset = 0, byteLength = 0 } = symbol ?? {};
      return Array.from({ length: byteLength / 4 }, (_, index) => bytes.readUInt32LE(fileOffset + 4 * index));
    };
    // The producer's position and a record's header.
    expect(wordsOf("irqtrace_ring_drain").filter(isAcquire)).toHaveLength(2);
    expect(wordsOf("irqtrace_ring_ready").filter(isAcquire)).toHaveLength(2);
    expect(wordsOf("irqtrace_ring_drain").filter(isRelease)).toHaveLength(1);
    expect(wordsOf("irqtrace_ring_release").filter(isRelease)).toHaveLength(1);
  },
);

const GOOD = readSharedObject(bytesOf("linux-x64-glibc"));
const withImport = (name: string, version: string): Partial<SharedObject> => ({
  imports: [...GOOD.imports, { name, version }],
});
const withExport = (name: string): Partial<SharedObject> => ({
  exports: [...GOOD.exports, { name, version: null, fileOffset: 0, byteLength: 0 }],
});

test.each<readonly [string, Partial<SharedObject>]>([
  ["is for another processor", { machine: "arm64" }],
  ["needs libelf.so.1", { needed: [...GOOD.needed, "libelf.so.1"] }],
  ["needs /home/builder/libc.so.6", { needed: [...GOOD.needed, "/home/builder/libc.so.6"] }],
  ["needs glibc 2.33", withImport("fstat", "GLIBC_2.33")],
  ["needs glibc 3.0", withImport("fstat", "GLIBC_3.0")],
  ["exports inflate", withExport("inflate")],
  ["exports elf_begin", withExport("elf_begin")],
  ["does not export libbpf_set_print", { exports: GOOD.exports.filter(({ name }) => name !== "libbpf_set_print") }],
  ["does not take malloc from libc", { imports: GOOD.imports.filter(({ name }) => name !== "malloc") }],
  ["names folders to search libraries in", { searchPaths: ["/usr/local/lib"] }],
  ["has relocations in its code", { hasTextRelocations: true }],
  ["is not bound when opened", { bindsNow: false }],
  ["leaves the linker's tables writable", { hasRelro: false }],
  ["asks for an executable stack", { hasExecutableStack: true }],
  ["has code that is writable", { hasWritableCode: true }],
  ["is not stripped", { sections: [".symtab"] }],
])("a file that %s is refused", (fault, change) => {
  expect(faultsOf({ ...GOOD, ...change }, 500_000, "linux-x64-glibc")).toEqual([fault]);
});

test("a file for musl that is bound to glibc, or one that is too large, is refused", () => {
  const musl = readSharedObject(bytesOf("linux-x64-musl"));
  const bound = { ...musl, imports: [...musl.imports, { name: "malloc", version: "GLIBC_2.2.5" }] };
  expect(faultsOf(bound, 500_000, "linux-x64-musl")).toEqual(["is bound to versions of glibc"]);
  expect(faultsOf(musl, 1_000_000, "linux-x64-musl")).toEqual(["has 1000000 bytes, more than 655360"]);
});

test("versions of glibc are compared as numbers", () => {
  const imports = ["GLIBC_2.4", "GLIBC_2.17", "GLIBC_2.2.5"].map((version) => ({ name: "f", version }));
  expect(newestGlibc({ ...GOOD, imports })).toEqual([2, 17]);
});
