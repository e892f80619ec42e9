import { expect, test } from "bun:test";
import { libbpfTarget, targetOf } from "./libbpf-target.ts";

test("processor and C library choose the target", () => {
  expect(targetOf({ platform: "linux", arch: "x64", isGlibc: true })).toBe("linux-x64-glibc");
  expect(targetOf({ platform: "linux", arch: "arm64", isGlibc: false })).toBe("linux-arm64-musl");
});

test("other systems and processors have no target", () => {
  expect(targetOf({ platform: "darwin", arch: "arm64", isGlibc: false })).toBeNull();
  expect(targetOf({ platform: "linux", arch: "riscv64", isGlibc: true })).toBeNull();
});

test("this process's target follows from what it is mapped with", async () => {
  const maps = await Bun.file("/proc/self/maps").text();
  const libc = maps.includes("/ld-musl-") ? "musl" : "glibc";
  expect(libbpfTarget()).toBe(targetOf({ platform: "linux", arch: process.arch, isGlibc: libc === "glibc" }));
});
