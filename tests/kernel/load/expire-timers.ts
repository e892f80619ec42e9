/**
 * Sets many timers to one instant and computes in user space until they have expired: one run of the timer interrupt
 * then takes as long as all of them together. Prints a line when they are set.
 *
 *   bun expire-timers.ts TIMERS     needs as many file descriptors
 */
import { dlopen, ptr } from "bun:ffi";

const [CLOCK_MONOTONIC, TFD_TIMER_ABSTIME] = [1, 1];
const NS_PER_S = 1_000_000_000n;
const DELAY_NS = 300_000_000n;
const LONGER_NS = 100_000_000n;
const timers = Number(process.argv[2]);

const { symbols: libc } = dlopen("libc.so.6", {
  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
  timerfd_create: { args: ["i32", "i32"], returns: "i32" },
  timerfd_settime: { args: ["i32", "i32", "ptr", "ptr"], returns: "i32" },
});

/** struct timespec, and struct itimerspec whose second half is the time. */
const now = new BigInt64Array(new ArrayBuffer(16));
const setting = new BigInt64Array(new ArrayBuffer(32));

function check(result: number, what: string): number {
  if (result < 0) throw new Error(`Cannot ${what} a timer. Are there enough file descriptors?`);
  return result;
}

function nowNs(): bigint {
  // SAFETY: the kernel writes a struct timespec, which the buffer holds.
  check(libc.clock_gettime(CLOCK_MONOTONIC, ptr(now)), "tell the time for");
  return (now[0] ?? 0n) * NS_PER_S + (now[1] ?? 0n);
}

const expiryNs = nowNs() + DELAY_NS;
setting[2] = expiryNs / NS_PER_S;
setting[3] = expiryNs % NS_PER_S;
for (let index = 0; index < timers; index++) {
  const timer = check(libc.timerfd_create(CLOCK_MONOTONIC, 0), "make");
  // SAFETY: the kernel reads a struct itimerspec during the call, and writes nothing where NULL is given.
  check(libc.timerfd_settime(timer, TFD_TIMER_ABSTIME, ptr(setting), null), "set");
}
if (nowNs() > expiryNs) throw new Error("Setting the timers took too long: they have expired already.");
console.log("set");

const until = performance.now() + Number(DELAY_NS + LONGER_NS) / 1e6;
let sum = 0;
while (performance.now() < until) for (let step = 0; step < 10_000; step++) sum += Math.sqrt(step);
if (sum === 0) throw new Error("Nothing was computed.");
