/** Where the tests lie, and how each group of them is run. */
export interface Suite {
  readonly name: SuiteName;
  /** Test files, relative to the repository. */
  readonly files: readonly string[];
  /** One process for each file: these measure the machine, or take it over. */
  readonly oneAtATime: boolean;
  /** Loads BPF programs. */
  readonly needsBpf: boolean;
  readonly limitMs: number;
}

export type SuiteName = "unit" | "entry" | "portable" | "kernel" | "vm" | "published";

interface SuiteRule {
  readonly name: SuiteName;
  readonly folder: RegExp;
  readonly oneAtATime: boolean;
  readonly needsBpf: boolean;
  readonly limitMs: number;
}

const MINUTE_MS = 60_000;

const RULES: readonly SuiteRule[] = [
  { name: "unit", folder: /^(packages|apps|scripts)\//, oneAtATime: false, needsBpf: false, limitMs: 10 * MINUTE_MS },
  { name: "entry", folder: /^tests\/entry\//, oneAtATime: false, needsBpf: false, limitMs: 10 * MINUTE_MS },
  { name: "portable", folder: /^tests\/portable\//, oneAtATime: false, needsBpf: false, limitMs: 5 * MINUTE_MS },
  { name: "kernel", folder: /^tests\/kernel\//, oneAtATime: true, needsBpf: true, limitMs: 10 * MINUTE_MS },
  { name: "vm", folder: /^tests\/vm\//, oneAtATime: true, needsBpf: false, limitMs: 30 * MINUTE_MS },
  { name: "published", folder: /^tests\/published\//, oneAtATime: true, needsBpf: false, limitMs: 15 * MINUTE_MS },
];

export const SUITE_NAMES: readonly SuiteName[] = RULES.map((rule) => rule.name);

/** Sorts test files into suites. Throws for a file that no suite would run. */
export function suitesOf(files: readonly string[]): readonly Suite[] {
  const stray = files.filter((file) => !RULES.some((rule) => rule.folder.test(file)));
  if (stray.length > 0)
    throw new Error(`No suite runs ${stray.join(", ")}. Suites are listed in scripts/test-runner/suites.ts.`);
  return RULES.map(({ folder, ...rule }) => ({ ...rule, files: files.filter((file) => folder.test(file)) }));
}

/** Every test file of the repository, or those that a filter names: a file, a folder, or the beginning of a path. */
export function findTestFiles(repository: string, filters: readonly string[]): readonly string[] {
  const isWanted = (file: string): boolean => filters.length === 0 || filters.some((filter) => isUnder(file, filter));
  return [...new Bun.Glob("{packages,apps,scripts,tests}/**/*.test.ts").scanSync(repository)]
    .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file) && isWanted(file))
    .sort();
}

function isUnder(file: string, filter: string): boolean {
  return file.startsWith(filter.replace(/^\.\//, ""));
}
