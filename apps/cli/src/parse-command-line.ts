import { checkCpus } from "./check-cpus.ts";
import { checkCoverage } from "./coverage/coverage-command.ts";
import type { CoverageInvocation } from "./coverage/coverage-invocation.ts";
import type { Invocation, SortKey } from "./invocation.ts";
import { parseInterval } from "./parse-interval.ts";
import { parsePlainWords } from "./parse-plain-words.ts";
import { parseWholeNumber } from "./parse-whole-number.ts";
import type { ParsedCommand } from "./parsed-command.ts";
import { SHELLS, type Shell } from "./shells.ts";
import { checkSlow } from "./slow/check-slow.ts";
import type { SlowInvocation } from "./slow/slow-invocation.ts";
import { TRACE_COMMAND_NAMES, TRACE_COMMANDS, type TraceCommand } from "./trace-commands.ts";
import type { FlagValues } from "./trace-flags.ts";
import { usageError, wrongValue } from "./usage-error.ts";
import { checkVictims } from "./victims/check-victims.ts";
import type { VictimsInvocation } from "./victims/victims-invocation.ts";

export type Request =
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "version"; readonly text: string }
  | { readonly kind: "completion"; readonly shell: Shell }
  | { readonly kind: "doctor"; readonly json: boolean }
  | { readonly kind: "coverage"; readonly invocation: CoverageInvocation }
  | { readonly kind: "slow"; readonly invocation: SlowInvocation }
  | { readonly kind: "victims"; readonly invocation: VictimsInvocation }
  | { readonly kind: "trace"; readonly invocation: Invocation };

interface Terminal {
  columns(): number | undefined;
  possibleCpus(): Promise<readonly number[]>;
}

/**
 * Reads the words after the program's name.
 *
 * @throws {UsageError} when they are not a request that can be carried out
 */
export async function parseCommandLine(words: readonly string[], terminal: Terminal): Promise<Request> {
  const plain = parsePlainWords(words);
  if (plain !== undefined) return await checkRequest(plain, terminal);
  const { parseWithCommander } = await import("./parse-with-commander.ts");
  const parsed = parseWithCommander(words, terminal.columns());
  return "kind" in parsed ? parsed : await checkRequest(parsed, terminal);
}

async function checkRequest(parsed: ParsedCommand, terminal: Terminal): Promise<Request> {
  const { name, parameters, flags } = parsed;
  if (name === "completion") return { kind: "completion", shell: checkShell(parameters[0] ?? "") };
  if (name === "doctor") return { kind: "doctor", json: flags.json ?? false };
  if (name === "victims")
    return { kind: "victims", invocation: await checkVictims(parsed, () => terminal.possibleCpus()) };
  if (name === "coverage") return { kind: "coverage", invocation: checkCoverage(parsed) };
  if (name === "slow") return { kind: "slow", invocation: await checkSlow(parsed, () => terminal.possibleCpus()) };
  const command = TRACE_COMMAND_NAMES.find((known) => known === name);
  if (command === undefined) throw new Error(`The command "${name}" is declared, but nothing carries it out.`);
  return { kind: "trace", invocation: await checkInvocation(TRACE_COMMANDS[command], parsed, terminal) };
}

function checkShell(given: string): Shell {
  const shell = SHELLS.find((known) => known === given);
  if (shell === undefined) throw wrongValue("shell", given, SHELLS.join(", "));
  return shell;
}

async function checkInvocation(
  command: TraceCommand,
  { parameters: [interval, count], flags }: ParsedCommand,
  terminal: Terminal,
): Promise<Invocation> {
  const everyMs = interval === undefined ? undefined : parseInterval(interval);
  const intervalCount = count === undefined ? undefined : parseWholeNumber("count", count);
  refuseContradictions(flags);
  const { name: globs, cpu } = flags;
  return {
    command,
    everyMs,
    intervalCount,
    measure: flags.count ? "count" : "time",
    distribution: flags.dist ?? false,
    latency: flags.latency ?? flags.places ?? false,
    places: flags.places ?? false,
    nanoseconds: flags.nanoseconds ?? false,
    timestamp: flags.utc ? "utc" : flags.timestamp ? "local" : "none",
    perCpu: flags.perCpu ?? flags.matrix ?? false,
    matrix: flags.matrix ?? false,
    classes: chosenClasses(command, flags.class),
    self: flags.self ?? false,
    cpus: cpu === undefined ? undefined : await checkCpus(cpu, () => terminal.possibleCpus()),
    cgroup: flags.cgroup,
    matchesName: globs === undefined ? () => true : (name) => globs.some((matches) => matches(name)),
    sort: flags.sort ?? (flags.count ? "count" : "total"),
    top: flags.top,
    ...outputOf(flags, everyMs),
    flavour: flags.probe,
    verbose: flags.verbose ?? false,
  };
}

/** Each class once. All of them by name would be refused where one is missing. */
function chosenClasses(
  { classes: known = [] }: TraceCommand,
  words: readonly string[] | undefined,
): Invocation["classes"] {
  if (words === undefined) return undefined;
  const chosen = known.filter((name) => words.includes(name));
  return chosen.length === known.length ? "all" : chosen;
}

/** How reports are written, and what they tell beside rows. */
function outputOf(flags: FlagValues, everyMs: number | undefined): Pick<Invocation, "format" | "cost" | "findings"> {
  const format = flags.json ? "json" : (flags.format ?? "table");
  const isSummary = everyMs === undefined && format === "table";
  return { format, cost: flags.cost ?? false, findings: flags.findings ?? isSummary };
}

const TIME_KEYS: readonly SortKey[] = ["total", "self", "avg", "max", "p99"];

function refuseContradictions(flags: FlagValues): void {
  const { latency, places, self, sort, json, format, findings } = flags;
  const wait = latency ? "--latency" : places ? "--places" : undefined;
  if (flags.count) refuseWithCount(flags, wait);
  if (flags.matrix && flags.dist) throw usageError("--matrix: got it together with --dist", "one of the two");
  if (flags.matrix && sort === "p99")
    throw usageError(
      '--sort: got "p99" together with --matrix',
      "a key that can be told of all CPUs together, such as max",
    );
  if (self && wait !== undefined) throw usageError(`--self: got it together with ${wait}`, "one of the two");
  if (sort === "self" && !self) throw usageError('--sort: got "self" without --self', "--self as well, or another key");
  if (findings && format === "csv")
    throw usageError("--findings: got it together with --format csv", "table or json: lines of CSV are rows");
  if (json && format !== undefined && format !== "json") {
    throw usageError(`--json: got it together with --format ${format}`, "one of the two");
  }
}

/** Whatever needs times. */
function refuseWithCount({ dist, self, sort }: FlagValues, wait: string | undefined): void {
  if (dist) throw usageError("--count: got it together with --dist", "one of the two: a histogram needs times");
  if (wait !== undefined)
    throw usageError(`--count: got it together with ${wait}`, "one of the two: a wait needs times");
  if (sort !== undefined && TIME_KEYS.includes(sort)) {
    throw usageError(`--sort: got "${sort}" together with --count`, "a key that needs no times, such as count or name");
  }
  if (self) throw usageError("--count: got it together with --self", "one of the two: --self needs times");
}
