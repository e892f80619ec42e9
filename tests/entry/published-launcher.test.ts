import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const repository = dirname(dirname(import.meta.dir));
const folder = mkdtempSync(join(tmpdir(), "irqtrace launcher "));
const launcher = join(folder, "node_modules/irqtrace/bin/irqtrace");
/** sh and what the launcher calls, and no Bun. */
const system = join(folder, "system");
const bunFolder = join(folder, "bun");

beforeAll(() => {
  cpSync(join(repository, "apps/cli/bin/irqtrace"), launcher, { recursive: true });
  mkdirSync(join(folder, "node_modules/irqtrace/dist"));
  const program = "console.log(JSON.stringify([...process.argv.slice(2), process.env.IRQTRACE_CWD, process.cwd()]));";
  writeFileSync(join(folder, "node_modules/irqtrace/dist/irqtrace.js"), program);
  for (const path of [system, bunFolder, join(folder, "node_modules/.bin")]) mkdirSync(path);
  for (const name of ["sh", "env", "sed", "readlink"]) symlinkSync(Bun.which(name) ?? "", join(system, name));
  symlinkSync(process.execPath, join(bunFolder, "bun"));
  symlinkSync("../irqtrace/bin/irqtrace", join(folder, "node_modules/.bin/irqtrace"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(
  path: string,
  env: Readonly<Record<string, string>>,
): { exitCode: number; stdout: string; stderr: string } {
  const child = Bun.spawnSync([path, "a b", "*"], { cwd: folder, env: { ...env }, stdout: "pipe", stderr: "pipe" });
  return { exitCode: child.exitCode, stdout: child.stdout.toString(), stderr: child.stderr.toString() };
}

const STARTED = `${JSON.stringify(["a b", "*", folder, dirname(dirname(launcher))])}\n`;

test("it starts the Bun of the PATH, through the link that npm makes", () => {
  const env = { PATH: `${bunFolder}:${system}` };
  expect(start(join(folder, "node_modules/.bin/irqtrace"), env)).toEqual({ exitCode: 0, stdout: STARTED, stderr: "" });
});

test("it starts the Bun that started it, where sudo's PATH leads to none", () => {
  const env = { PATH: system, npm_execpath: join(bunFolder, "bun") };
  expect(start(launcher, env)).toEqual({ exitCode: 0, stdout: STARTED, stderr: "" });
});

test("without Bun it says how to get it, and exits with 4", () => {
  const message = expect.stringContaining("npx -p bun -p irqtrace irqtrace");
  expect(start(launcher, { PATH: system })).toEqual({ exitCode: 4, stdout: "", stderr: message });
  const npm = join(folder, "npm-cli.js");
  writeFileSync(npm, "");
  chmodSync(npm, 0o755);
  expect(start(launcher, { PATH: system, npm_execpath: npm })).toMatchObject({ exitCode: 4, stdout: "" });
  expect(start(launcher, { PATH: system, npm_execpath: join(folder, "gone/bun") })).toMatchObject({ exitCode: 4 });
});
