import { afterAll, beforeEach, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const LIMIT_MS = 60_000;
const repository = dirname(dirname(import.meta.dir));
const folder = mkdtempSync(join(tmpdir(), "irqtrace tests "));
const root = join(folder, "a checkout");
const MANIFESTS = new Bun.Glob("{packages,apps}/*/{package,turbo}.json");
const REAL_FILES = [
  "test",
  "toolchain",
  "scripts/run-tests.ts",
  "scripts/test-runner",
  "package.json",
  "turbo.json",
  "bun.lock",
];

// The real runner, package manifests and tools, with tests that are planted.
beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const file of [...REAL_FILES, ...MANIFESTS.scanSync(repository)]) {
    const isWanted = (path: string): boolean => !/node_modules|\.test\.ts$/.test(path.slice(repository.length));
    cpSync(join(repository, file), join(root, file), { recursive: true, filter: isWanted });
  }
  for (const path of ["node_modules", "toolchain/node_modules"]) symlinkSync(join(repository, path), join(root, path));
  plant("scripts/own.test.ts", PASSES);
});
afterAll(() => rmSync(folder, { recursive: true }));

const PASSES = `test("passes", () => {});`;

function plant(file: string, body: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), `import { test } from "bun:test";\n${body}\n`);
}

interface Run {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly lastLine: string | undefined;
}

function runTests(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  prefix: readonly string[] = [],
): Run {
  const child = Bun.spawnSync([...prefix, join(root, "test"), ...words], { cwd: "/", env: { ...env }, stderr: "pipe" });
  const lines = child.stdout.toString().trimEnd().split("\n");
  return { exitCode: child.exitCode, lines, lastLine: lines.at(-1) };
}

test(
  "all suites are run, each in its way, and the last line is the total",
  () => {
    plant("packages/decode/src/one.test.ts", `${PASSES} test.skip("waits (needs a kernel before 5.11)", () => {});`);
    plant("apps/cli/src/two.test.ts", PASSES);
    plant("tests/entry/three.test.ts", PASSES);
    const run = runTests([]);
    expect(run).toMatchObject({ exitCode: 0, lastLine: "4 passed, 0 failed, 1 skipped" });
    expect(run.lines).toContain("  packages/decode/src/one.test.ts: waits (needs a kernel before 5.11)");
  },
  LIMIT_MS,
);

test(
  "a second run replays every unit test, until a source of the package or of one below it changes",
  () => {
    plant("packages/decode/src/one.test.ts", PASSES);
    plant("packages/hardirqs/src/two.test.ts", PASSES);
    // As Bun links the packages of a workspace: where no git hides them, they are no inputs either.
    for (const path of ["packages/hardirqs/node_modules/@irqtrace", ".git", "programs"]) {
      mkdirSync(join(root, path), { recursive: true });
    }
    symlinkSync("../../../decode", join(root, "packages/hardirqs/node_modules/@irqtrace/decode"));
    writeFileSync(join(root, "programs/git"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
    const env = { PATH: `${root}/programs:/usr/local/bin:/usr/bin:/bin` };
    const replayed = (run: Run): readonly string[] =>
      run.lines.flatMap((line) => /^(\S+):test(?::scripts)?: cache hit/.exec(line)?.[1] ?? []).sort();
    const packages = [...new Bun.Glob("{packages,apps}/*/package.json").scanSync(root)].length;
    expect(replayed(runTests(["--unit"], env))).toEqual([]);
    const second = runTests(["--unit"], env);
    expect(replayed(second)).toHaveLength(packages + 1);
    expect(second.lastLine).toBe("3 passed, 0 failed, 0 skipped");

    writeFileSync(join(root, "packages/tracer/src.ts"), "export const changed = true;\n");
    const third = replayed(runTests(["--unit"], env));
    expect(third).toContain("@irqtrace/decode");
    expect(third).not.toContain("@irqtrace/tracer");
    expect(third).not.toContain("@irqtrace/hardirqs");
    expect(replayed(runTests(["--unit", "--force"], env))).toEqual([]);
  },
  LIMIT_MS,
);

test(
  "whatever goes wrong in one file is counted and named, and the others are run",
  () => {
    plant("packages/decode/src/fails.test.ts", `${PASSES} test("fails", () => { throw new Error("no"); });`);
    plant("packages/loader/src/throws.test.ts", `throw new Error("at import");`);
    plant("packages/tracer/src/empty.test.ts", "");
    plant("tests/entry/dies.test.ts", `test("dies", () => process.kill(process.pid, "SIGSEGV"));`);
    plant("tests/published/leaves.test.ts", `test("leaves", () => process.exit(0));`);
    const run = runTests([]);
    expect(run).toMatchObject({ exitCode: 1, lastLine: "2 passed, 5 failed, 0 skipped" });
    expect(run.lines.slice(run.lines.indexOf("Failed:") + 1, -2)).toEqual([
      "  packages/decode/src/fails.test.ts: fails",
      "  packages/loader/src/throws.test.ts: an error outside of any test",
      "  packages/tracer/src/empty.test.ts: holds no test",
      "  tests/entry/dies.test.ts: killed by SIGSEGV",
      "  tests/published/leaves.test.ts: ended with exit code 0 before Bun printed its totals",
    ]);
  },
  LIMIT_MS,
);

test(
  "kernel tests are skipped without privileges, with the reason, and fail where everything is required",
  () => {
    plant("tests/kernel/one.test.ts", `test("needs BPF", () => { throw new Error("was run"); });`);
    const powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
    const skipped = runTests([], {}, process.getuid?.() === 0 ? powerless : []);
    expect(skipped).toMatchObject({ exitCode: 0, lastLine: "1 passed, 0 failed, 1 skipped" });
    expect(skipped.lines).toContain("  tests/kernel/one.test.ts: needs root: sudo ./test");
    const required = runTests([], { IRQTRACE_REQUIRE_ALL: "1" }, process.getuid?.() === 0 ? powerless : []);
    expect(required).toMatchObject({ exitCode: 1, lastLine: "1 passed, 1 failed, 0 skipped" });
  },
  LIMIT_MS,
);

test(
  "paths narrow the run to the files that begin so",
  () => {
    plant("packages/decode/src/one.test.ts", PASSES);
    plant("packages/decode/src/two.test.ts", PASSES);
    expect(runTests(["packages/decode"]).lastLine).toBe("2 passed, 0 failed, 0 skipped");
    expect(runTests(["./packages/decode/src/two.test.ts"]).lastLine).toBe("1 passed, 0 failed, 0 skipped");
  },
  LIMIT_MS,
);

test(
  "a run without any test is a failure",
  () => {
    expect(runTests(["packages/nothing-here"])).toMatchObject({
      exitCode: 1,
      lastLine: "0 passed, 0 failed, 0 skipped",
    });
  },
  LIMIT_MS,
);

test(
  "a test file that no suite runs is refused",
  () => {
    plant("tests/stray/one.test.ts", PASSES);
    expect(runTests([]).exitCode).not.toBe(0);
  },
  LIMIT_MS,
);

test(
  "an unknown option is refused with exit code 2",
  () => {
    expect(runTests(["--unknown"]).exitCode).toBe(2);
  },
  LIMIT_MS,
);
