import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBunOutput, type TestReport } from "./bun-output.ts";

const folder = mkdtempSync(join(tmpdir(), "bun-output-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs real test files: what matters is what the pinned Bun prints today. */
function run(sources: Readonly<Record<string, string>>): TestReport {
  const files = Object.keys(sources).map((name) => `${name}.test.ts`);
  for (const [name, body] of Object.entries(sources)) {
    writeFileSync(
      join(folder, `${name}.test.ts`),
      `import { beforeAll, describe, expect, test } from "bun:test";\n${body}\n`,
    );
  }
  const child = Bun.spawnSync([process.execPath, "test", ...files.map((file) => `./${file}`)], {
    cwd: folder,
    env: { PATH: process.env["PATH"] },
    stdout: "ignore",
    stderr: "pipe",
  });
  return readBunOutput(child.stderr.toString(), { exitCode: child.exitCode, signal: child.signalCode ?? null }, files);
}

test("passed tests are counted over all files", () => {
  const report = run({ one: `test("a", () => {}); test("b", () => {});`, two: `test("c", () => {});` });
  expect(report).toEqual({ passed: 3, failures: [], skips: [] });
});

test("a failing test is named with its file", () => {
  const report = run({ one: `test("a", () => {}); describe("group", () => test("b", () => expect(1).toBe(2)));` });
  expect(report).toEqual({ passed: 1, failures: ["one.test.ts: group > b"], skips: [] });
});

test("a file that throws at import is a failure", () => {
  const report = run({ one: `throw new Error("early");`, two: `test("a", () => {});` });
  expect(report).toEqual({ passed: 1, failures: ["one.test.ts: an error outside of any test"], skips: [] });
});

test("a file that does not parse is a failure", () => {
  const report = run({ one: "const const;", two: `test("a", () => {});` });
  expect(report.passed).toBe(1);
  expect(report.failures).toHaveLength(1);
});

test("a file that imports what does not exist is a failure", () => {
  const report = run({ one: `import "./nowhere.ts"; test("a", () => {});` });
  expect(report.passed).toBe(0);
  expect(report.failures).toHaveLength(1);
});

test("a file without tests is a failure, first or last", () => {
  expect(run({ one: "", two: `test("a", () => {});` }).failures).toEqual(["one.test.ts: holds no test"]);
  expect(run({ one: `test("a", () => {});`, two: "" }).failures).toEqual(["two.test.ts: holds no test"]);
});

test("a skipped test gives the reason that its name holds", () => {
  const report = run({
    one: `test("a", () => {}); test.skip("b (needs root)", () => {}); test.skip("c [skipped: no root]", () => {}); test.skip("d", () => {});`,
  });
  expect(report.passed).toBe(1);
  expect(report.failures).toEqual([]);
  expect(report.skips).toEqual([
    { test: "one.test.ts: b (needs root)", reason: "needs root" },
    { test: "one.test.ts: c [skipped: no root]", reason: "no root" },
    { test: "one.test.ts: d", reason: null },
  ]);
});

test("the recapitulation of a long run counts nothing twice", () => {
  const many = Array.from({ length: 60 }, (_, index) => `test("t${index}", () => {});`).join("\n");
  const report = run({
    one: `${many} test("bad", () => expect(1).toBe(2)); test.skip("s (needs root)", () => {});`,
    two: many,
  });
  expect(report.passed).toBe(120);
  expect(report.failures).toEqual(["one.test.ts: bad"]);
  expect(report.skips).toHaveLength(1);
});

test("a test that is still to be written is a failure", () => {
  expect(run({ one: `test("a", () => {}); test.todo("b");` }).failures).toEqual([
    "one.test.ts: b: is still to be written",
  ]);
});

test("an error in a hook is a failure", () => {
  const report = run({ one: `beforeAll(() => { throw new Error("hook"); }); test("a", () => {});` });
  expect(report.passed).toBe(0);
  expect(report.failures.length).toBeGreaterThan(0);
});

test("an error that strikes while another test runs is a failure", () => {
  const report = run({ one: `setTimeout(() => { throw new Error("late"); }, 0); test("a", () => Bun.sleep(20));` });
  expect(report.failures).toHaveLength(1);
});

test("a test that takes too long is a failure", () => {
  expect(run({ one: `test("slow", () => Bun.sleep(500), 20);` }).failures).toEqual(["one.test.ts: slow"]);
});

test("a process that a signal ends is a failure beside what had passed", () => {
  const report = run({ one: `test("a", () => {}); test("b", () => process.kill(process.pid, "SIGKILL"));` });
  expect(report).toEqual({ passed: 1, failures: ["one.test.ts: killed by SIGKILL"], skips: [] });
});

test("a test that leaves the process with exit code 0 is a failure", () => {
  const report = run({ one: `test("a", () => process.exit(0)); test("b", () => {});` });
  expect(report.failures).toEqual(["one.test.ts: ended with exit code 0 before Bun printed its totals"]);
});

test("an exit code without a failed test is a failure", () => {
  const output = "\none.test.ts:\n(pass) a\n\n 1 pass\n 0 fail\nRan 1 test across 1 file. [1.00ms]\n";
  expect(readBunOutput(output, { exitCode: 1, signal: null }, ["one.test.ts"]).failures).toEqual([
    "one.test.ts: exit code 1 without a failed test",
  ]);
});

test("a file that Bun never started is a failure", () => {
  const output = "\none.test.ts:\n(pass) a\n\n 1 pass\n 0 fail\nRan 1 test across 1 file. [1.00ms]\n";
  expect(readBunOutput(output, { exitCode: 0, signal: null }, ["one.test.ts", "two.test.ts"]).failures).toEqual([
    "two.test.ts: was not run",
  ]);
});

test("colours are read through", () => {
  const output =
    "\none.test.ts:\n\u001b[32m(pass)\u001b[0m a\n\n\u001b[32m 1 pass\u001b[0m\n 0 fail\nRan 1 test across 1 file. [1.00ms]\n";
  expect(readBunOutput(output, { exitCode: 0, signal: null }, ["one.test.ts"])).toEqual({
    passed: 1,
    failures: [],
    skips: [],
  });
});
