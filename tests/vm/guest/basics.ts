import { dlopen, ptr } from "bun:ffi";
import { equal, match, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { networkInterfaces, release } from "node:os";
import { libbpf } from "@irqtrace/loader";
import type { Check } from "./report.ts";

const BPF_SYSCALL = process.arch === "arm64" ? 280n : 321n;
const BPF_MAP_CREATE = 0n;
const BPF_MAP_TYPE_ARRAY = 2;

/** Offsets of union bpf_attr for BPF_MAP_CREATE (include/uapi/linux/bpf.h). */
function arrayMapAttributes(): Uint8Array {
  const attributes = new Uint8Array(new ArrayBuffer(120));
  const view = new DataView(attributes.buffer);
  const keyBytes = 4;
  const valueBytes = 8;
  const entries = 16;
  for (const [index, value] of [BPF_MAP_TYPE_ARRAY, keyBytes, valueBytes, entries].entries())
    view.setUint32(index * 4, value, true);
  return attributes;
}

/** What tracing needs, in the kernel that was asked for. */
export const basicChecks = (expectedRelease: string): readonly Check[] => [
  {
    name: "the kernel is the one that was asked for",
    run: () => equal(release(), expectedRelease),
  },
  {
    name: "the file systems that tracing needs are mounted and the loopback interface is up",
    run: () => {
      ok(existsSync("/sys/kernel/tracing/events/irq/irq_handler_entry/id"), "tracefs");
      ok(existsSync("/sys/fs/cgroup/cgroup.procs"), "cgroup2");
      match(readFileSync("/proc/self/mounts", "utf8"), / \/sys\/fs\/bpf bpf /);
      equal(networkInterfaces()["lo"]?.[0]?.address, "127.0.0.1");
    },
  },
  {
    name: "the kernel describes its own types",
    run: () => `${readFileSync("/sys/kernel/btf/vmlinux").length} bytes of BTF`,
  },
  {
    name: "the bpf system call creates a map",
    run: () => {
      const libc = dlopen("libc.so.6", { syscall: { args: ["i64", "i64", "ptr", "u64"], returns: "i64" } });
      const attributes = arrayMapAttributes();
      // SAFETY: the kernel reads as many bytes of the attributes as it is told they have.
      const descriptor = libc.symbols.syscall(
        BPF_SYSCALL,
        BPF_MAP_CREATE,
        ptr(attributes),
        BigInt(attributes.byteLength),
      );
      ok(Number(descriptor) > 2, `bpf() returned ${descriptor}`);
    },
  },
  {
    name: "libbpf is the checkout's own",
    run: () => {
      const { source, version } = libbpf();
      equal(source, "bundled");
      return version;
    },
  },
];
