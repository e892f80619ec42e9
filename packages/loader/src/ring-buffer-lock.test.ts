import { expect, test } from "bun:test";
import { ringBufferLock, ringBufferLockIn } from "./ring-buffer-lock.ts";
import { BtfBuilder } from "./testing/btf-builder.ts";
import { kernelHasBtf } from "./tracepoint-btf.ts";

/** A kernel whose ring buffer has a lock of this type, as members between others. */
function kernelWith(lock: string, member = "spinlock"): Uint8Array {
  const btf = new BtfBuilder();
  const word = btf.int("unsigned int", 4);
  const decoy = btf.alias(8, "other_t", word);
  btf.struct("bpf_ringbuf_map", 8, [{ name: "spinlock", type: decoy, bitOffset: 0 }]);
  const inner = btf.struct("", 4, [{ name: "value", type: word, bitOffset: 0 }]);
  const type = btf.alias(8, lock, inner);
  btf.struct("bpf_ringbuf", 64, [
    { name: "mask", type: word, bitOffset: 0 },
    { name: member, type, bitOffset: 256 },
  ]);
  return btf.bytes();
}

test.each(["spinlock_t", "raw_spinlock_t", "rqspinlock_t"])("a lock of type %s is found", (lock) => {
  expect(ringBufferLockIn(kernelWith(lock))).toBe(lock);
});

test("a kernel that has no such struct, or no such lock in it, does not say", () => {
  expect(ringBufferLockIn(kernelWith("spinlock_t", "mutex"))).toBeNull();
  expect(ringBufferLockIn(new BtfBuilder().bytes())).toBeNull();
});

test.skipIf(!kernelHasBtf())(`this kernel says which${kernelHasBtf() ? "" : " (skipped: it has no BTF)"}`, () => {
  expect(ringBufferLock()).toMatch(/spinlock_t$/);
});
