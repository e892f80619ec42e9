import { expect, test } from "bun:test";
import { UnsupportedKernelError } from "@irqtrace/loader";
import { assertRingIsSafe } from "./ring-safety.ts";

test("without PREEMPT_RT every ring buffer is safe, and its lock is not even asked for", () => {
  const lock = (): never => {
    throw new Error("nobody is to ask");
  };
  expect(() => assertRingIsSafe({ isPreemptRt: false, lock })).not.toThrow();
});

test.each(["raw_spinlock_t", "rqspinlock_t"])("with PREEMPT_RT a lock of type %s is safe", (type) => {
  expect(() => assertRingIsSafe({ isPreemptRt: true, lock: () => type })).not.toThrow();
});

test.each([["spinlock_t", "are not safe in interrupts"] as const, [null, "does not tell"] as const])(
  "with PREEMPT_RT a lock of type %p is refused",
  (type, why) => {
    const call = (): void => assertRingIsSafe({ isPreemptRt: true, lock: () => type });
    expect(call).toThrow(UnsupportedKernelError);
    expect(call).toThrow(why);
  },
);
