import { join } from "node:path";
import { readBunOutput, type TestReport } from "./bun-output.ts";
import { runShown } from "./child-process.ts";
import type { Suite } from "./suites.ts";
import { runTurbo, type TurboTask } from "./turbo-run.ts";

/** Runs a suite's files by `bun test`, in one process or one process a file. */
export async function runFiles(
  repository: string,
  suite: Suite,
  env: Readonly<Record<string, string>>,
): Promise<readonly TestReport[]> {
  const groups = suite.oneAtATime ? suite.files.map((file) => [file]) : [suite.files];
  const reports: TestReport[] = [];
  for (const files of groups) {
    const command = [
      ...(suite.asRoot ? [] : ["sh", join(repository, "toolchain/as-invoking-user.sh")]),
      process.execPath,
      "test",
      "--no-orphans",
      "--timeout",
      "30000",
      ...files.map((file) => `./${file}`),
    ];
    const result = await runShown(command, { cwd: repository, limitMs: suite.limitMs, env });
    // Bun reports on stderr; what tests print on stdout cannot be mistaken for it.
    reports.push(readBunOutput(result.stderr, result, files));
  }
  return reports;
}

/** Runs all unit tests through turbo: packages whose sources have not changed are replayed from its cache. */
export async function runUnitTasks(
  repository: string,
  files: readonly string[],
  force: boolean,
): Promise<readonly TestReport[]> {
  const tasks = await runTurbo(repository, ["test", "test:scripts"], force ? ["--force"] : []);
  const withFiles = tasks.filter((task) => task.exitCode !== 0 || filesOfTask(task, files).length > 0);
  const reports = withFiles.map((task) => reportOfTask(task, files));
  const covered = new Set(tasks.flatMap((task) => filesOfTask(task, files)));
  const missed = files.filter((file) => !covered.has(file));
  return [...reports, { passed: 0, failures: missed.map((file) => `${file}: no turbo task runs it`), skips: [] }];
}

const CHECKS = [
  "lint",
  "lint:shell",
  "typecheck",
  "boundaries",
  "check:docs",
  "check:repository",
  "check:bpf",
  "check:libbpf",
  "build",
];

/** Runs the checks of the sources through turbo; each task counts as one test. */
export async function runChecks(repository: string, force: boolean): Promise<TestReport> {
  const tasks = await runTurbo(repository, CHECKS, force ? ["--force"] : []);
  const failed = tasks.filter((task) => task.exitCode !== 0);
  const missing = CHECKS.filter((name) => !tasks.some((task) => task.id.endsWith(`#${name}`)));
  return {
    passed: tasks.length - failed.length,
    failures: [
      ...failed.map((task) => `${task.id}: ended with exit code ${task.exitCode}`),
      ...missing.map((name) => `${name}: no package has a script of this name`),
    ],
    skips: [],
  };
}

function filesOfTask(task: TurboTask, files: readonly string[]): readonly string[] {
  const folders = task.directory === "" ? ["scripts/", "bench/"] : [`${task.directory}/`];
  return files.filter((file) => folders.some((folder) => file.startsWith(folder)));
}

function reportOfTask(task: TurboTask, files: readonly string[]): TestReport {
  const named = filesOfTask(task, files).map((file) =>
    file.slice(task.directory === "" ? 0 : task.directory.length + 1),
  );
  const report = readBunOutput(task.output, { exitCode: task.exitCode, signal: null }, named);
  const place = (name: string): string => join(task.directory, name);
  return {
    passed: report.passed,
    failures: report.failures.map(place),
    skips: report.skips.map((skip) => ({ ...skip, test: place(skip.test) })),
  };
}
