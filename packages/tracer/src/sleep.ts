/** The longest time that a timer takes; it fires at once when asked for a longer one. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Resolves after so many milliseconds, at most 24.8 days, or as soon as the signal aborts; leaves no listener on it.
 *
 * @example
 * ```ts
 * import { sleep } from "@irqtrace/tracer";
 *
 * await sleep(60_000, AbortSignal.timeout(20));
 * ```
 */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.min(ms, MAX_TIMER_MS));
    signal?.addEventListener("abort", wake);
  });
}
