import type { CommandGrammar, Ending } from "../command-grammar.ts";
import { ALLOWED_INTERVAL, parseInterval } from "../parse-interval.ts";
import type { ParsedCommand } from "../parsed-command.ts";
import { choiceOf, SHARED_FLAGS } from "../shared-flags.ts";
import { usageError } from "../usage-error.ts";
import type { CoverageInvocation } from "./coverage-invocation.ts";

const DEFAULT_DURATION = "1";

/** @param endings how tracing commands end */
export function coverageCommand(endings: readonly Ending[]): CommandGrammar {
  return {
    name: "coverage",
    summary: "how much of what the kernel counts is seen",
    description:
      "Counts interrupts of all classes and softirqs beside the kernel's own counters, and shows each line of /proc/interrupts and /proc/softirqs with what was seen of it, or why nothing can be. Lines on which nothing happened are left out of the table.",
    parameters: [
      {
        name: "duration",
        description: `how long to count: ${ALLOWED_INTERVAL} (default: ${DEFAULT_DURATION})`,
        isRequired: false,
      },
    ],
    flags: [
      {
        names: "--format",
        description: "table (default) or json (one object)",
        value: choiceOf("--format", "F", ["table", "json"]),
      },
      SHARED_FLAGS.json,
      SHARED_FLAGS.probe,
      SHARED_FLAGS.verbose,
    ],
    examples: [
      ["irqtrace coverage 10", "what of ten seconds' interrupts is seen"],
      ["irqtrace coverage --json | jq .interrupts.share", "the share of interrupts, from 0 to 1"],
    ],
    endings,
  };
}

/** @throws {UsageError} when it cannot be carried out */
export function checkCoverage({ parameters: [duration], flags }: ParsedCommand): CoverageInvocation {
  const { json, format } = flags;
  if (json && format !== undefined && format !== "json")
    throw usageError(`--json: got it together with --format ${format}`, "one of the two");
  return {
    durationMs: parseInterval(duration ?? DEFAULT_DURATION, "duration"),
    format: json || format === "json" ? "json" : "table",
    flavour: flags.probe,
    verbose: flags.verbose ?? false,
  };
}
