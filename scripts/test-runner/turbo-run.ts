import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { type ChildResult, runShown } from "./child-process.ts";
import { machineFingerprint } from "./machine.ts";

/** One task that turbo ran, or replayed from its cache. */
export interface TurboTask {
  readonly id: string;
  /** Relative to the repository; "" for a task of the root. */
  readonly directory: string;
  /** null where it was not started, because one that it depends on failed. */
  readonly exitCode: number | null;
  readonly output: string;
}

interface RunSummary {
  readonly tasks: readonly {
    readonly taskId: string;
    readonly directory: string;
    readonly logFile: string;
    readonly command: string;
    readonly execution?: { readonly exitCode: number };
  }[];
}

/** What turbo writes for a task that orders others and runs nothing itself. */
const NO_SCRIPT = "<NONEXISTENT>";
const LIMIT_MS = 20 * 60_000;
const ENVIRONMENT = { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };

/** Runs turbo tasks, as the user who called sudo, and reads turbo's own account of them. Throws when turbo gives none. */
export async function runTurbo(
  repository: string,
  tasks: readonly string[],
  flags: readonly string[],
): Promise<readonly TurboTask[]> {
  const command = [
    ...["sh", join(repository, "toolchain/as-invoking-user.sh")],
    ...[process.execPath, join(repository, "node_modules/turbo/bin/turbo")],
    ...["run", ...tasks, "--continue=always", "--log-order=grouped", "--summarize", ...flags],
  ];
  const env = { ...ENVIRONMENT, IRQTRACE_TEST_MACHINE: machineFingerprint() };
  const result = await runShown(command, { cwd: repository, limitMs: LIMIT_MS, env });
  return readSummary(repository, result);
}

function readSummary(repository: string, result: ChildResult): readonly TurboTask[] {
  const path = /^Summary:\s+(.+)$/m.exec(result.stdout)?.[1];
  if (path === undefined)
    throw new Error(`Cannot read what turbo did: it ended with exit code ${result.exitCode} and named no summary.`);
  const summary: RunSummary = JSON.parse(readFileSync(path, "utf8"));
  rmSync(path);
  return summary.tasks
    .filter((task) => task.command !== NO_SCRIPT)
    .map((task) => ({
      id: task.taskId,
      directory: relative(repository, join(repository, task.directory)),
      exitCode: task.execution?.exitCode ?? null,
      output: task.execution === undefined ? "" : readFileSync(join(repository, task.logFile), "utf8"),
    }));
}
