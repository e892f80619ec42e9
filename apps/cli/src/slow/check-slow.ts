import { checkCpus } from "../check-cpus.ts";
import { parseInterval } from "../parse-interval.ts";
import type { ParsedCommand } from "../parsed-command.ts";
import { usageError } from "../usage-error.ts";
import { DEFAULT_OVER_NS } from "./slow-command.ts";
import { SLOW_CLASS_NAMES, type SlowClassName, type SlowInvocation } from "./slow-invocation.ts";

/** @throws {UsageError} when it cannot be carried out */
export async function checkSlow(
  { parameters: [duration], flags }: ParsedCommand,
  possibleCpus: () => Promise<readonly number[]>,
): Promise<SlowInvocation> {
  const { name: globs, cpu, json, format } = flags;
  if (json && format !== undefined && format !== "json")
    throw usageError(`--json: got it together with --format ${format}`, "one of the two");
  return {
    overNs: flags.over ?? DEFAULT_OVER_NS,
    // All of them by name would be refused where one is missing.
    classes: flags.class?.length === SLOW_CLASS_NAMES.length ? undefined : chosenClasses(flags.class),
    durationMs: duration === undefined ? undefined : parseInterval(duration, "duration"),
    stack: flags.stack ?? false,
    cpus: cpu === undefined ? undefined : await checkCpus(cpu, possibleCpus),
    cgroup: flags.cgroup,
    matchesName: globs === undefined ? () => true : (name) => globs.some((matches) => matches(name)),
    utc: flags.utc ?? false,
    format: json || format === "json" ? "json" : "table",
    flavour: flags.probe,
    verbose: flags.verbose ?? false,
  };
}

function chosenClasses(words: readonly string[] | undefined): readonly SlowClassName[] | undefined {
  return words === undefined ? undefined : SLOW_CLASS_NAMES.filter((name) => words.includes(name));
}
