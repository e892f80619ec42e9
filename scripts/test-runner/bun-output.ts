/** What one process of `bun test` reported: Bun's JUnit file leaves out files that throw at import, so its console counts. */
export interface TestReport {
  readonly passed: number;
  /** One entry a failure: the test's name, or what went wrong outside of any test. */
  readonly failures: readonly string[];
  readonly skips: readonly SkippedTest[];
}

export interface SkippedTest {
  readonly test: string;
  /** From the test's own name, "… (needs root)" or "… [skipped: no root]"; null where the name gives none. */
  readonly reason: string | null;
}

export interface Outcome {
  readonly exitCode: number | null;
  readonly signal: string | number | null;
}

interface Result {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
}

interface Scan {
  readonly results: readonly Result[];
  readonly started: ReadonlySet<string>;
}

const RESULT = /^\((pass|fail|skip|todo)\) (.*?)(?: \[[\d.]+ms\])?(?: \(attempt \d+\))?$/;
const RECAP = /^\d+ tests? (?:skipped|todo|failed):$/;
const TOTAL = /^Ran (\d+) tests? across \d+ files?\. \[/;
const COUNT = /^ (\d+) (pass|skip|todo|fail|errors?)$/;
const REASON = /\((needs [^)]+)\)|\[skipped: ([^\]]+)\]/;
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
  const failures = scan.results.flatMap(failureOf);
  for (let named = failures.length; named < (counts?.fail ?? 0); named++) {
    failures.push("a failure that Bun counted without a name");
  }
  if (counts !== null) failures.push(...filesWithoutTests(files, scan));
  failures.push(...faultsOfProcess(outcome, counts !== null, failures.length, files));
  const passed = counts?.pass ?? scan.results.filter((result) => result.kind === "pass").length;
  return { passed, failures, skips: scan.results.flatMap(skipOf) };
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
  const results: Result[] = [];
  const started = new Set<string>();
  let file = "";
  for (const line of lines) {
    if (RECAP.test(line)) break;
    const named = line.slice(0, -1);
    if (line.endsWith(":") && files.has(named)) {
      file = named;
      started.add(file);
    }
    const [, kind, name = ""] = RESULT.exec(line) ?? [];
    if (kind !== undefined) results.push({ file, kind, name });
    if (line === "# Unhandled error between tests")
      results.push({ file, kind: "fail", name: "an error outside of any test" });
  }
  return { results, started };
}

function failureOf({ file, kind, name }: Result): readonly string[] {
  if (kind === "fail") return [`${file}: ${name}`];
  return kind === "todo" ? [`${file}: ${name}: is still to be written`] : [];
}

function skipOf({ file, kind, name }: Result): readonly SkippedTest[] {
  if (kind !== "skip") return [];
  const [, needs, skipped] = REASON.exec(name) ?? [];
  return [{ test: `${file}: ${name}`, reason: needs ?? skipped ?? null }];
}

function filesWithoutTests(files: readonly string[], { results, started }: Scan): string[] {
  const withResults = new Set(results.map((result) => result.file));
  return files
    .filter((file) => !withResults.has(file))
    .map((file) => (started.has(file) ? `${file}: holds no test` : `${file}: was not run`));
}

function faultsOfProcess(outcome: Outcome, hasTotal: boolean, failures: number, files: readonly string[]): string[] {
  const where = files.length === 1 ? files[0] : `a run of ${files.length} files`;
  if (outcome.signal !== null) return [`${where}: killed by ${outcome.signal}`];
  if (!hasTotal) return [`${where}: ended with exit code ${outcome.exitCode} before Bun printed its totals`];
  if (outcome.exitCode !== 0 && failures === 0)
    return [`${where}: exit code ${outcome.exitCode} without a failed test`];
  return [];
}
