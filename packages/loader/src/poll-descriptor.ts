import { checkNumber } from "./check.ts";
import { EINTR } from "./errno-table.ts";
import { scratch } from "./ffi.ts";
import { POLLIN } from "./kernel-constants.ts";
import { nativeCalls, startOf } from "./native-calls.ts";

const POLLFD_BYTES = 8;

/** Blocks this thread until the descriptor is readable (`true`) or the time is up (`false`). */
export function pollDescriptor(fd: number, what: string, timeoutMs: number): boolean {
  const calls = nativeCalls();
  const entry = scratch(POLLFD_BYTES);
  const view = new DataView(entry.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLIN, true);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const left = timeoutMs < 0 ? -1 : Math.max(0, Math.ceil(deadline - performance.now()));
    // SAFETY: one struct pollfd, as the count says. Not within a captured call, which would hold its lock meanwhile.
    const value = calls.functions.poll(startOf(entry), 1, left);
    const ready = checkNumber({ value, errno: calls.errno(), log: [] }, { operation: "wait for", what }, [EINTR]);
    if (ready >= 0) return ready > 0;
  }
}
