import { SUITE_NAMES, type SuiteName } from "./suites.ts";

export interface RunOptions {
  readonly suites: readonly SuiteName[];
  /** Files, folders or beginnings of paths; none means all. */
  readonly paths: readonly string[];
  /** What IRQTRACE_VM is set to; null leaves it. */
  readonly vm: string | null;
  /** Runs unit tests anew even where nothing changed. */
  readonly force: boolean;
}

export const USAGE: string = `usage: ./test [--SUITE]... [--vm [KERNEL,...]] [--force] [PATH]...
Runs every test that this machine can run (as root: also those that load BPF programs), and ends with a line of totals.
  --SUITE   only this suite (repeatable): ${SUITE_NAMES.join(", ")}
  --vm      only the virtual machines, on all guest kernels or on those named
  --force   unit tests of unchanged packages too, instead of replaying their last result
  PATH      only test files whose path begins so: packages/decode, tests/kernel/softirqs.test.ts
IRQTRACE_REQUIRE_ALL=1 makes a skip for want of root, BPF or a package a failure.`;

/** Throws a RangeError for an unknown option. */
export function parseRunOptions(words: readonly string[]): RunOptions | "help" {
  const suites: SuiteName[] = [];
  const paths: string[] = [];
  let vm: string | null = null;
  let force = false;
  for (const [index, word] of words.entries()) {
    const suite = SUITE_NAMES.find((name) => word === `--${name}`);
    if (word === "-h" || word === "--help") return "help";
    if (word === "--force") force = true;
    else if (suite !== undefined) suites.push(suite);
    else if (word.startsWith("-")) throw new RangeError(`Unknown option "${word}".\n${USAGE}`);
    else if (words[index - 1] === "--vm" && !word.includes("/")) vm = word;
    else paths.push(word);
  }
  if (suites.includes("vm") && vm === null) vm = "all";
  return { suites: suites.length === 0 ? SUITE_NAMES : suites, paths, vm, force };
}
