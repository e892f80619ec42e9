/** What one process of `bun test` reported: Bun's JUnit file leaves out files that throw at import, so its console counts. */
export interface TestReport {
  readonly passed: number;
  /** One entry a failure: the test's name, or what went wrong outside of any test. */
  readonly failures: readonly string[];
  readonly skips: readonly SkippedTest[];
}

export interface SkippedTest {
  readonly test: string;
  /** From the test's own name, "… (needs root)"; null where the name gives none. */
  readonly reason: string | null;
}

export interface Outcome {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

interface Scan {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly skips: readonly SkippedTest[];
  /** Results seen, per file that Bun said it had started. */
  readonly resultsOf: ReadonlyMap<string, number>;
}

const RESULT = /^\((pass|fail|skip|todo)\) (.*?)(?: \[[\d.]+ms\])?(?: \(attempt \d+\))?$/;
const RECAP = /^\d+ tests? (?:skipped|todo|failed):$/;
const TOTAL = /^Ran (\d+) tests? across \d+ files?\. \[/;
const COUNT = /^ (\d+) (pass|skip|todo|fail|errors?)$/;
const NEEDS = /\((needs [^)]+)\)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const COLOUR = /\u001b\[[\d;]*m/g;

/**
 * Reads the console output of one `bun test` process that was given `files` (named as Bun names them: relative to its
 * working directory). Whatever is not surely a passed or an explained test is a failure.
 */
export function readBunOutput(output: string, outcome: Outcome, files: readonly string[]): TestReport {
  const lines = output.replace(COLOUR, "").split("\n");
  const totalLine = lines.findLastIndex((line) => TOTAL.test(line));
  const counts = totalLine < 0 ? null : countsAbove(lines, totalLine);
  const scan = scanResults(lines, new Set(files));
  const failures = [...scan.failures];
  for (let named = failures.length; named < (counts?.fail ?? 0); named++) failures.push("a failure that Bun counted without a name");
  if (counts !== null) failures.push(...filesWithoutTests(files, scan, failures));
  failures.push(...faultsOfProcess(outcome, counts !== null, failures.length, files));
  return { passed: counts?.pass ?? scan.passed, failures, skips: scan.skips };
}

function countsAbove(lines: readonly string[], totalLine: number): { pass: number; fail: number } {
  const counts = { pass: 0, fail: 0 };
  for (let index = totalLine - 1; index >= 0 && lines[index]?.startsWith(" "); index--) {
    const [, count, kind] = COUNT.exec(lines[index] ?? "") ?? [];
    if (kind === "pass") counts.pass = Number(count);
    if (kind === "fail") counts.fail = Number(count);
  }
  return counts;
}

function scanResults(lines: readonly string[], files: ReadonlySet<string>): Scan {
  let passed = 0;
  let file = "";
  const failures: string[] = [];
  const skips: SkippedTest[] = [];
  const resultsOf = new Map<string, number>();
  for (const line of lines) {
    if (RECAP.test(line)) break;
    if (line.endsWith(":") && files.has(line.slice(0, -1))) {
      file = line.slice(0, -1);
      resultsOf.set(file, resultsOf.get(file) ?? 0);
    }
    if (line === "# Unhandled error between tests") failures.push(`${file}: an error outside of any test`);
    const [, kind, name = ""] = RESULT.exec(line) ?? [];
    if (kind === undefined) continue;
    resultsOf.set(file, (resultsOf.get(file) ?? 0) + 1);
    const test = `${file}: ${name}`;
    if (kind === "pass") passed++;
    if (kind === "fail") failures.push(test);
    if (kind === "todo") failures.push(`${test}: is still to be written`);
    if (kind === "skip") skips.push({ test, reason: NEEDS.exec(name)?.[1] ?? null });
  }
  return { passed, failures, skips, resultsOf };
}

function filesWithoutTests(files: readonly string[], scan: Scan, failures: readonly string[]): string[] {
  const isBlamed = (file: string): boolean => failures.some((failure) => failure.startsWith(`${file}: `));
  return files
    .filter((file) => (scan.resultsOf.get(file) ?? 0) === 0 && !isBlamed(file))
    .map((file) => (scan.resultsOf.has(file) ? `${file}: holds no test` : `${file}: was not run`));
}

function faultsOfProcess(outcome: Outcome, hasTotal: boolean, failures: number, files: readonly string[]): string[] {
  const where = files.length === 1 ? files[0] : `a run of ${files.length} files`;
  if (outcome.signal !== null) return [`${where}: killed by ${outcome.signal}`];
  if (!hasTotal) return [`${where}: ended with exit code ${outcome.exitCode} before Bun printed its totals`];
  if (outcome.exitCode !== 0 && failures === 0) return [`${where}: exit code ${outcome.exitCode} without a failed test`];
  return [];
}
