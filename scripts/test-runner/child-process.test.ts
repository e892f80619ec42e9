import { expect, test } from "bun:test";
import { childEnvironment, runShown } from "./child-process.ts";

const options = { cwd: "/", limitMs: 10_000 };

test("what a command prints is kept, and how it ended", async () => {
  expect(await runShown(["sh", "-c", "printf out; printf err >&2; exit 3"], options)).toEqual({
    exitCode: 3,
    signal: null,
    stdout: "out",
    stderr: "err",
  });
});

test("a command that takes too long is ended", async () => {
  expect(await runShown(["sleep", "60"], { ...options, limitMs: 50 })).toMatchObject({ signal: "SIGTERM" });
});

test("a process that a command leaves behind with its pipes does not hold up the run", async () => {
  const started = performance.now();
  const result = await runShown(["sh", "-c", "sleep 60 & echo $!"], options);
  expect(performance.now() - started).toBeLessThan(20_000);
  process.kill(Number(result.stdout), "SIGKILL");
}, 30_000);

test("variables that change what Bun prints do not reach the tests", () => {
  const own = { PATH: "/bin", FORCE_COLOR: "1", BUN_OPTIONS: "--dots", npm_config_cache: "/cache" };
  expect(childEnvironment({ IRQTRACE_VM: "none" }, own)).toEqual({
    PATH: "/bin",
    npm_config_cache: "/cache",
    NO_COLOR: "1",
    IRQTRACE_VM: "none",
  });
});
