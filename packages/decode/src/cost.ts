import { countSince } from "./count-since.ts";

/**
 * What the programs of a trace cost the kernel, since attach or within an interval, as the kernel measures it. Source:
 * run_time_ns and run_cnt of struct bpf_prog_info.
 *
 * The time holds about one reading of the clock that measures it for each run, leaves out how a program is reached, and
 * holds whatever interrupted a program: those of softirqs seem to cost more than they do.
 *
 * @example
 * ```ts
 * import type { Cost } from "@irqtrace/decode";
 *
 * const cost: Cost = { runTimeNs: 4_200_000, runCount: 28_000 };
 * console.log(cost.runTimeNs / cost.runCount); // 150
 * ```
 */
export interface Cost {
  readonly runTimeNs: number;
  /** Runs of programs: an event that is timed takes two. */
  readonly runCount: number;
}

/**
 * What was spent after `earlier` and not after `later`.
 *
 * @throws RangeError if `earlier` is not the earlier one.
 *
 * @example
 * ```ts
 * import { costSince } from "@irqtrace/decode";
 *
 * console.log(costSince({ runTimeNs: 900, runCount: 6 }, { runTimeNs: 300, runCount: 2 }).runCount); // 4
 * ```
 */
export function costSince(later: Cost, earlier: Cost): Cost {
  return {
    runTimeNs: countSince(later.runTimeNs, earlier.runTimeNs, "runTimeNs"),
    runCount: countSince(later.runCount, earlier.runCount, "runCount"),
  };
}
