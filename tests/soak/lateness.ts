import { readFileSync } from "node:fs";

/**
 * How late the ends of intervals come, by their measured lengths. Time in which this thread was ready and the scheduler
 * ran another is the machine's doing, and is told apart.
 */
export class Lateness {
  readonly #everyNs: number;
  readonly #waitedNs: () => number;
  #lastWaitedNs: number;
  #elapsedNs = 0;
  #tick = 0;
  intervals = 0;
  /** Ends that never came, because the one before came so late. */
  missed = 0;
  worstNs = 0;
  /** Without what was spent waiting for a CPU. */
  worstOwnNs = 0;
  /** Ends that came a whole interval late or more, and not for want of a CPU. */
  lateEnds = 0;

  constructor(everyMs: number, waitedNs: () => number = waitedForCpuNs) {
    this.#everyNs = everyMs * 1e6;
    this.#waitedNs = waitedNs;
    this.#lastWaitedNs = waitedNs();
  }

  add(intervalNs: number): void {
    this.intervals++;
    this.#elapsedNs += intervalNs;
    const lateNs = this.#elapsedNs - (this.#tick + 1) * this.#everyNs;
    const tick = Math.floor(this.#elapsedNs / this.#everyNs);
    this.missed += tick - this.#tick - 1;
    this.#tick = tick;
    const waitedNs = this.#waitedNs();
    const ownNs = Math.max(0, lateNs - (waitedNs - this.#lastWaitedNs));
    this.#lastWaitedNs = waitedNs;
    if (ownNs >= this.#everyNs) this.lateEnds++;
    this.worstNs = Math.max(this.worstNs, lateNs);
    this.worstOwnNs = Math.max(this.worstOwnNs, ownNs);
  }
}

/** How long this thread has been runnable and not running (Documentation/scheduler/sched-stats.rst). */
function waitedForCpuNs(): number {
  const waited = readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[1];
  if (waited === undefined) throw new Error("/proc/thread-self/schedstat does not tell the time spent waiting.");
  return Number(waited);
}
