import { UnsupportedKernelError } from "@irqtrace/loader";

const EOPNOTSUPP = 95;

/** What decides whether programs may use a ring buffer. */
export interface RingFacts {
  readonly isPreemptRt: boolean;
  /** As `ringBufferLock()` of the loader gives it; asked on PREEMPT_RT alone. */
  lock(): string | null;
}

/**
 * On PREEMPT_RT a `spinlock_t` sleeps, which no interrupt and no tracepoint may: kernels whose ring buffers have such a
 * lock would crash (fixed in 6.12 and in later releases of older series).
 *
 * @throws UnsupportedKernelError where it is not known to be safe
 */
export function assertRingIsSafe({ isPreemptRt, lock }: RingFacts): void {
  if (!isPreemptRt) return;
  const type = lock();
  if (type !== null && type !== "spinlock_t") return;
  throw new UnsupportedKernelError({
    operation: "trace",
    what: "slow interrupts",
    errno: EOPNOTSUPP,
    why:
      type === null
        ? "this PREEMPT_RT kernel does not tell whether its ring buffers are safe in interrupts"
        : "the ring buffers of this PREEMPT_RT kernel are not safe in interrupts",
    hint: "Use a newer release of this kernel, or the hardirqs and softirqs tracers, which need no ring buffer.",
    feature: "ring buffers with a raw lock",
    minimumVersion: "6.12",
  });
}
