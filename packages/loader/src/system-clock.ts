import { checkNumber } from "./check.ts";
import { scratch } from "./ffi.ts";
import { nativeCalls, startOf } from "./native-calls.ts";

/** Numbers of include/uapi/linux/time.h. */
const CLOCKS = { realtime: 0, monotonic: 1, boot: 7 } as const;

/** A clock of the kernel: a key of what {@link readClock} reads. */
export type SystemClock = keyof typeof CLOCKS;

/**
 * What a clock of the kernel says, in nanoseconds: `monotonic` is that of bpf_ktime_get_ns, `boot` that of
 * bpf_ktime_get_boot_ns, `realtime` is since 1970. Read two of them to tell when a time of one was by the other.
 *
 * @throws TypeError if there is no such clock
 * @throws {@link UnsupportedPlatformError} if this is not Linux, not Bun, or there is no libbpf
 *
 * @example
 * ```ts
 * import { readClock } from "@irqtrace/loader";
 *
 * const before = readClock("boot");
 * console.log(readClock("boot") >= before); // true
 * ```
 */
export function readClock(clock: SystemClock): bigint {
  // Of an unknown name the number would be that of another clock.
  if (!Object.hasOwn(CLOCKS, clock)) {
    throw new TypeError(`Cannot read the clock "${String(clock)}": give "realtime", "monotonic" or "boot".`);
  }
  const time = scratch(16);
  // SAFETY: struct timespec is two 64-bit words on every 64-bit Linux, and the buffer holds both.
  const outcome = nativeCalls().run((functions) => functions.clock_gettime(CLOCKS[clock], startOf(time)));
  checkNumber(outcome, { operation: "read the clock", what: clock });
  const view = new DataView(time.buffer);
  return view.getBigInt64(0, true) * 1_000_000_000n + view.getBigInt64(8, true);
}

/** CLOCK_MONOTONIC_COARSE, which a tick sets on. */
const COARSE = 6;

/**
 * How long a tick of this kernel is, in nanoseconds: 1 / CONFIG_HZ. Ticks may be left out while a CPU idles.
 *
 * @throws {@link UnsupportedPlatformError} if this is not Linux, not Bun, or there is no libbpf
 *
 * @example
 * ```ts
 * import { tickNs } from "@irqtrace/loader";
 *
 * console.log(tickNs() <= 10_000_000); // true: at least 100 a second
 * ```
 */
export function tickNs(): number {
  const time = scratch(16);
  // SAFETY: struct timespec is two 64-bit words on every 64-bit Linux, and the buffer holds both.
  const outcome = nativeCalls().run((functions) => functions.clock_getres(COARSE, startOf(time)));
  checkNumber(outcome, { operation: "read the clock", what: "its resolution" });
  const view = new DataView(time.buffer);
  return Number(view.getBigInt64(0, true)) * 1e9 + Number(view.getBigInt64(8, true));
}
