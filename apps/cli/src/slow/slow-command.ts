import { classFlag } from "../class-flag.ts";
import type { CommandGrammar, Ending } from "../command-grammar.ts";
import { ALLOWED_INTERVAL } from "../parse-interval.ts";
import { choiceOf, nameFlag, SHARED_FLAGS } from "../shared-flags.ts";
import { ALLOWED_THRESHOLD, parseThreshold } from "./parse-threshold.ts";
import { SLOW_CLASS_NAMES, SLOW_FORMATS } from "./slow-invocation.ts";

const DEFAULT_THRESHOLD = "100us";
export const DEFAULT_OVER_NS: number = parseThreshold(DEFAULT_THRESHOLD);

/** @param endings how tracing commands end */
export function slowCommand(endings: readonly Ending[]): CommandGrammar {
  return {
    name: "slow",
    summary: "each interrupt that takes longer than a threshold, as it happens",
    description:
      "Shows each run of a device's handler, system vector, IPI, NMI handler or softirq that takes longer than a threshold, and each wait of a raised softirq that does, as it happens: with the task that was interrupted, its cgroup, and whether user or kernel code ran. Without a duration it goes on until Ctrl-C.",
    parameters: [{ name: "duration", description: `end after that time: ${ALLOWED_INTERVAL}`, isRequired: false }],
    flags: [
      {
        names: "--over",
        description: `at least that long: a number with a unit (ns, us, ms, s), or 0 for all (default: ${DEFAULT_THRESHOLD})`,
        value: { placeholder: "TIME", allowed: ALLOWED_THRESHOLD, parse: parseThreshold },
      },
      classFlag(
        SLOW_CLASS_NAMES,
        (allowed) =>
          `only these classes: ${allowed}; raise is how long a softirq waits (default: all that this kernel has)`,
      ),
      { names: "--stack", description: "the kernel's stack below each event" },
      SHARED_FLAGS.cpu,
      SHARED_FLAGS.cgroup,
      nameFlag("only events whose name matches; repeatable: any of them"),
      { names: "--utc", description: "times of the table in UTC, not local" },
      {
        names: "--format",
        description: "table (default) or json (an object per line and event)",
        value: choiceOf("--format", "F", SLOW_FORMATS),
      },
      SHARED_FLAGS.json,
      SHARED_FLAGS.probe,
      SHARED_FLAGS.verbose,
    ],
    examples: [
      ["irqtrace slow --over 1ms", "what took longer than a millisecond, until Ctrl-C"],
      ["irqtrace slow 10 --class softirq,raise --stack", "softirqs for ten seconds, and where they ran"],
      ["irqtrace slow --over 50us --cpu 2-3 --json", "a JSON object per event of two CPUs"],
    ],
    endings,
  };
}
