import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const LIMIT_MS = 120_000;
const repository = dirname(dirname(import.meta.dir));

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runRelease(...words: readonly string[]): Promise<Outcome> {
  const command = [process.execPath, join(repository, "scripts/release.ts"), ...words];
  // Without an identity nothing can be published, whatever this test does wrong.
  const { ACTIONS_ID_TOKEN_REQUEST_URL: _identity, ...env } = process.env;
  const child = Bun.spawn(command, { cwd: repository, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { exitCode, stdout, stderr };
}

test(
  "a dry run stages the release and says what it would publish, dependencies first, and changes nothing",
  async () => {
    const versions = (): readonly string[] =>
      ["apps/cli/package.json", "bun.lock"].map((path) => readFileSync(join(repository, path), "utf8"));
    const before = versions();
    const { exitCode, stdout, stderr } = await runRelease("--skip-tests");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(versions()).toEqual(before);

    const commands = stdout.split("\n").filter((line) => line.startsWith("would run"));
    for (const command of commands) expect(command).toMatch(/npm publish \S+\.tgz --access public --provenance$/);
    const order = commands.map((command) => /(irqtrace[\w-]*?)-\d+\.\d+\.\d+\.tgz/.exec(command)?.[1] ?? "");
    expect(order.length).toBeGreaterThan(6);
    const isBefore = (first: string, second: string): boolean => order.indexOf(first) < order.indexOf(second);
    expect(order.at(-1)).toBe("irqtrace");
    expect(isBefore("irqtrace-decode", "irqtrace-loader")).toBe(true);
    expect(isBefore("irqtrace-loader", "irqtrace-tracer")).toBe(true);
    expect(isBefore("irqtrace-tracer", "irqtrace-hardirqs")).toBe(true);
    expect(stdout).toMatch(/^would tag {3}v\d+\.\d+\.\d+$/m);
  },
  LIMIT_MS,
);

test("nothing is published untested, nor without an identity", async () => {
  expect(await runRelease("--publish", "--skip-tests")).toMatchObject({ exitCode: 2, stdout: "" });
  expect(await runRelease("--publich")).toMatchObject({ exitCode: 2, stdout: "" });
  const refused = await runRelease("--publish");
  expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
  expect(refused.stderr).toContain("Cannot publish: npm's provenance");
});
