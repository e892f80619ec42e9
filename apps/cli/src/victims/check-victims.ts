import { checkCpus } from "../check-cpus.ts";
import { parseInterval } from "../parse-interval.ts";
import { parseWholeNumber } from "../parse-whole-number.ts";
import type { ParsedCommand } from "../parsed-command.ts";
import { usageError } from "../usage-error.ts";
import { CLASS_NAMES, VICTIM_SORT_KEYS, type VictimsInvocation } from "./victims-invocation.ts";

/** @throws {UsageError} when it cannot be carried out */
export async function checkVictims(
  { parameters: [interval, count], flags }: ParsedCommand,
  possibleCpus: () => Promise<readonly number[]>,
): Promise<VictimsInvocation> {
  const { cpu, json, format, class: classes } = flags;
  if (json && format !== undefined && format !== "json")
    throw usageError(`--json: got it together with --format ${format}`, "one of the two");
  return {
    by: flags.by ?? "task",
    // All of them by name would be refused where one is missing.
    classes:
      classes === undefined || classes.length === CLASS_NAMES.length
        ? undefined
        : CLASS_NAMES.filter((name) => classes.includes(name)),
    everyMs: interval === undefined ? undefined : parseInterval(interval),
    intervalCount: count === undefined ? undefined : parseWholeNumber("count", count),
    nanoseconds: flags.nanoseconds ?? false,
    timestamp: flags.utc ? "utc" : flags.timestamp ? "local" : "none",
    cpus: cpu === undefined ? undefined : await checkCpus(cpu, possibleCpus),
    cgroup: flags.cgroup,
    sort: VICTIM_SORT_KEYS.find((key) => key === flags.sort) ?? "total",
    top: flags.top,
    entries: flags.entries,
    format: json ? "json" : (format ?? "table"),
    cost: flags.cost ?? false,
    flavour: flags.probe,
    verbose: flags.verbose ?? false,
  };
}
