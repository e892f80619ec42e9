import { sleep } from "./sleep.ts";

/** The monotonic clock and a timer, so that tests can run without waiting. */
export interface Clock {
  nowNs(): number;
  /** Resolves after `delayMs` or earlier, or as soon as the signal is aborted. */
  sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void>;
}

export const systemClock: Clock = { nowNs: () => Bun.nanoseconds(), sleep };

/**
 * Ends of intervals: multiples of `everyMs` after the start, so that lateness does not add up. A tick that comes more
 * than an interval late swallows the ones it missed.
 */
export class IntervalClock {
  readonly #clock: Clock;
  readonly #startNs: number;
  readonly #everyNs: number;
  #ticks = 0;

  constructor(everyMs: number, clock: Clock, startNs: number = clock.nowNs()) {
    this.#clock = clock;
    this.#startNs = startNs;
    this.#everyNs = everyMs * 1e6;
  }

  /** Waits for the end of the running interval; returns early if aborted. */
  async tick(signal: AbortSignal | undefined): Promise<void> {
    const elapsedNs = this.#clock.nowNs() - this.#startNs;
    this.#ticks = Math.max(this.#ticks + 1, Math.floor(elapsedNs / this.#everyNs) + 1);
    const deadlineNs = this.#startNs + this.#ticks * this.#everyNs;
    // A timer may fire early; the rest is waited for again.
    for (let leftNs = deadlineNs - this.#clock.nowNs(); leftNs > 0 && !signal?.aborted; ) {
      await this.#clock.sleep(leftNs / 1e6, signal);
      leftNs = deadlineNs - this.#clock.nowNs();
    }
  }
}
