import { dlopen, ptr } from "bun:ffi";

const { symbols: libc } = dlopen("libc.so.6", {
  sched_getaffinity: { args: ["i32", "u64", "ptr"], returns: "i32" },
  sched_setaffinity: { args: ["i32", "u64", "ptr"], returns: "i32" },
});

/** Keeps this thread on a CPU, so that programs run there are run by this task. */
export function pinToCpu(cpu: number): Disposable {
  const before = new Uint8Array(new ArrayBuffer(128));
  const pinned = new Uint8Array(new ArrayBuffer(128));
  pinned[Math.floor(cpu / 8)] = 1 << (cpu % 8);
  // SAFETY: the kernel reads and writes at most the size given, which is that of both buffers.
  const got = libc.sched_getaffinity(0, before.length, ptr(before));
  if (got < 0 || libc.sched_setaffinity(0, pinned.length, ptr(pinned)) !== 0)
    throw new Error(`Cannot pin to CPU ${cpu}.`);
  return { [Symbol.dispose]: () => void libc.sched_setaffinity(0, before.length, ptr(before)) };
}
