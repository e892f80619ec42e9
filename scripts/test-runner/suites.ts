/** A group of tests, and how it is run. */
export interface Suite extends SuiteRule {
  /** Test files, relative to the repository. */
  readonly files: readonly string[];
}

interface SuiteRule {
  readonly name: SuiteName;
  /** Where its test files lie. */
  readonly folder: RegExp;
  /** One process for each file: these measure the machine, or take it over. */
  readonly oneAtATime: boolean;
  /** Loads BPF programs. */
  readonly needsBpf: boolean;
  /** Under sudo it is root that runs them, not the user who called it. */
  readonly asRoot: boolean;
  readonly limitMs: number;
}

export type SuiteName = "unit" | "fuzz" | "entry" | "portable" | "kernel" | "soak" | "vm" | "published";

const MINUTE_MS = 60_000;

const RULES: readonly SuiteRule[] = [
  {
    name: "unit",
    folder: /^(packages|apps|scripts|bench)\//,
    oneAtATime: false,
    needsBpf: false,
    asRoot: false,
    limitMs: 10 * MINUTE_MS,
  },
  {
    // Each in a process of its own, which may crash.
    name: "fuzz",
    folder: /^tests\/fuzz\//,
    oneAtATime: true,
    needsBpf: false,
    asRoot: false,
    limitMs: 60 * MINUTE_MS,
  },
  {
    name: "entry",
    folder: /^tests\/entry\//,
    oneAtATime: false,
    needsBpf: false,
    asRoot: true,
    limitMs: 10 * MINUTE_MS,
  },
  {
    name: "portable",
    folder: /^tests\/portable\//,
    oneAtATime: false,
    needsBpf: false,
    asRoot: true,
    limitMs: 5 * MINUTE_MS,
  },
  {
    name: "kernel",
    folder: /^tests\/kernel\//,
    oneAtATime: true,
    needsBpf: true,
    asRoot: true,
    limitMs: 10 * MINUTE_MS,
  },
  {
    name: "soak",
    folder: /^tests\/soak\//,
    oneAtATime: true,
    needsBpf: true,
    asRoot: true,
    limitMs: 10 * MINUTE_MS,
  },
  { name: "vm", folder: /^tests\/vm\//, oneAtATime: true, needsBpf: false, asRoot: false, limitMs: 30 * MINUTE_MS },
  {
    name: "published",
    folder: /^tests\/published\//,
    oneAtATime: true,
    needsBpf: false,
    asRoot: true,
    limitMs: 15 * MINUTE_MS,
  },
];

export const SUITE_NAMES: readonly SuiteName[] = RULES.map((rule) => rule.name);

/** Sorts test files into suites. Throws for a file that no suite would run. */
export function suitesOf(files: readonly string[]): readonly Suite[] {
  const stray = files.filter((file) => !RULES.some((rule) => rule.folder.test(file)));
  if (stray.length > 0)
    throw new Error(`No suite runs ${stray.join(", ")}. Suites are listed in scripts/test-runner/suites.ts.`);
  return RULES.map((rule) => ({ ...rule, files: files.filter((file) => rule.folder.test(file)) }));
}

/** Every test file of the repository, or those that a filter names: a file, a folder, or the beginning of a path. */
export function findTestFiles(repository: string, filters: readonly string[]): readonly string[] {
  const isWanted = (file: string): boolean => filters.length === 0 || filters.some((filter) => isUnder(file, filter));
  return [...new Bun.Glob("{packages,apps,scripts,bench,tests}/**/*.test.ts").scanSync(repository)]
    .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file) && isWanted(file))
    .sort();
}

function isUnder(file: string, filter: string): boolean {
  return file.startsWith(filter.replace(/^\.\//, ""));
}
