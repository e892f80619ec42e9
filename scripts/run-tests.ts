/** What ./test runs: every suite that this machine can run, then the plain total as the last line. */
import { dirname } from "node:path";
import type { TestReport } from "./test-runner/bun-output.ts";
import { whyNoBpf } from "./test-runner/machine.ts";
import { parseRunOptions, type RunOptions, USAGE } from "./test-runner/run-options.ts";
import { runChecks, runFiles, runUnitTasks } from "./test-runner/run-suite.ts";
import { findTestFiles, type Suite, suitesOf } from "./test-runner/suites.ts";
import { Tally } from "./test-runner/tally.ts";

const repository = dirname(import.meta.dir);

async function runTests(options: RunOptions): Promise<boolean> {
  const tally = new Tally(process.env["IRQTRACE_REQUIRE_ALL"] === "1");
  const noBpf = whyNoBpf();
  for (const suite of suitesOf(findTestFiles(repository, options.paths))) {
    if (suite.files.length === 0 || !options.suites.includes(suite.name)) continue;
    console.log(`\n== ${suite.name} tests`);
    if (suite.needsBpf && noBpf !== null) {
      tally.add({ passed: 0, failures: [], skips: suite.files.map((file) => ({ test: file, reason: noBpf })) });
    } else await addUp(tally, suite.name, () => runSuite(suite, options));
  }
  if (options.checks) {
    console.log("\n== checks");
    await addUp(tally, "checks", async () => [await runChecks(repository, options.force)]);
  }
  console.log(tally.summary());
  return !tally.failed;
}

/** A suite that cannot be run is one failure, and the others are run all the same. */
async function addUp(tally: Tally, name: string, run: () => Promise<readonly TestReport[]>): Promise<void> {
  try {
    for (const report of await run()) tally.add(report);
  } catch (error) {
    console.log(error);
    tally.add({ passed: 0, failures: [`${name}: ${error instanceof Error ? error.message : error}`], skips: [] });
  }
}

function runSuite(suite: Suite, options: RunOptions): Promise<readonly TestReport[]> {
  // With paths given, only some files of a package may be wanted: turbo knows whole packages alone.
  if (suite.name === "unit" && options.paths.length === 0) return runUnitTasks(repository, suite.files, options.force);
  return runFiles(repository, suite, options.vm === null ? {} : { IRQTRACE_VM: options.vm });
}

try {
  const options = parseRunOptions(process.argv.slice(2));
  if (options === "help") console.log(USAGE);
  else process.exitCode = (await runTests(options)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
