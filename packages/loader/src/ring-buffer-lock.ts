import { readFileSync } from "node:fs";
import { BTF_STRUCT, BTF_TYPEDEF, Btf } from "./btf.ts";
import { kernelHasBtf } from "./tracepoint-btf.ts";

const VMLINUX_BTF_PATH = "/sys/kernel/btf/vmlinux";

/**
 * The type of the lock that a program takes to reserve room in a ring buffer, as the kernel's BTF has it; `null` where
 * it does not say. On a PREEMPT_RT kernel `spinlock_t` sleeps, and a program at a tracepoint must not: there only kernels
 * with another type are safe (source: struct bpf_ringbuf of kernel/bpf/ringbuf.c).
 *
 * @example
 * ```ts
 * // kernel
 * import { ringBufferLock } from "@irqtrace/loader";
 *
 * console.log(ringBufferLock()); // rqspinlock_t
 * ```
 */
export function ringBufferLock(): string | null {
  return kernelHasBtf() ? ringBufferLockIn(readFileSync(VMLINUX_BTF_PATH)) : null;
}

/** The pure part: what the kernel's BTF says. */
export function ringBufferLockIn(bytes: Uint8Array): string | null {
  const btf = new Btf(bytes, "vmlinux");
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btf.type(id);
    if (type.kind !== BTF_STRUCT || type.name !== "bpf_ringbuf") continue;
    const lock = btf.members(type).find(({ name }) => name === "spinlock");
    if (lock === undefined) return null;
    const { kind, name } = btf.type(lock.type);
    return kind === BTF_TYPEDEF ? name : null;
  }
  return null;
}
