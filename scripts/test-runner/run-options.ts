import { SUITE_NAMES, type SuiteName } from "./suites.ts";

export interface RunOptions {
  readonly suites: readonly SuiteName[];
  /** Lint, types, boundaries, docs, generated files and builds. */
  readonly checks: boolean;
  /** Files, folders or beginnings of paths; none means all. */
  readonly paths: readonly string[];
  /** What IRQTRACE_VM is set to; null leaves it. */
  readonly vm: string | null;
  /** Runs unit tests and checks anew even where nothing changed. */
  readonly force: boolean;
}

export const USAGE: string = `usage: ./test [--SUITE]... [--vm [KERNEL,...]] [--checks | --everything] [--force] [PATH]...
Runs every test that this machine can run (as root: also those that load BPF programs), and ends with a line of totals.
  --SUITE       only this suite (repeatable): ${SUITE_NAMES.join(", ")}
  --vm          only the virtual machines, on all guest kernels or on those named
  --checks      only the checks of the sources: lint, types, boundaries, docs, generated files, builds
  --everything  all suites, on all guest kernels, and the checks
  --force       what is unchanged too, instead of replaying its last result
  PATH          only test files whose path begins so: packages/decode, tests/kernel/softirqs.test.ts
IRQTRACE_REQUIRE_ALL=1 makes a skip for want of root, BPF or a package a failure.`;

/** Throws a RangeError for an unknown option. */
export function parseRunOptions(words: readonly string[]): RunOptions | "help" {
  const flags = new Set(words.filter((word) => word.startsWith("-")));
  const unknown = [...flags].find((flag) => !KNOWN_FLAGS.has(flag));
  if (unknown !== undefined) throw new RangeError(`Unknown option "${unknown}".\n${USAGE}`);
  if (flags.has("-h") || flags.has("--help")) return "help";

  const isKernel = (word: string, index: number): boolean => words[index - 1] === "--vm" && !word.includes("/");
  const plain = words
    .map((word, index) => ({ word, kernel: isKernel(word, index) }))
    .filter(({ word }) => !flags.has(word));
  const everything = flags.has("--everything");
  const named = SUITE_NAMES.filter((name) => flags.has(`--${name}`));
  const isNarrowed = named.length > 0 || flags.has("--checks");
  return {
    suites: isNarrowed && !everything ? named : SUITE_NAMES,
    checks: flags.has("--checks") || everything,
    paths: plain.filter(({ kernel }) => !kernel).map(({ word }) => word),
    vm: plain.find(({ kernel }) => kernel)?.word ?? (flags.has("--vm") || everything ? "all" : null),
    force: flags.has("--force"),
  };
}

const KNOWN_FLAGS: ReadonlySet<string> = new Set([
  ...SUITE_NAMES.map((name) => `--${name}`),
  ...["-h", "--help", "--checks", "--everything", "--force"],
]);
