import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runTurbo } from "../../scripts/test-runner/turbo-run.ts";

const repository = dirname(dirname(import.meta.dir));
const folder = mkdtempSync(join(tmpdir(), "irqtrace-hostile-"));
const hostile = join(folder, "hostile");
const marker = join(folder, "foreign-code-ran");
const foreign = join(hostile, "foreign.ts");
const published = join(folder, "installed/node_modules");
const alone = join(folder, "alone/node_modules");
const BUILD_LIMIT_MS = 120_000;
const strace = Bun.which("strace");

/** What an attacker who owns the current directory, or the home directory, can plant for Bun to find. */
const PLANTED: Readonly<Record<string, string>> = {
  "foreign.ts": `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "");\n`,
  "bunfig.toml": `preload = ["./foreign.ts"]\n[run]\nsilent = true\n`,
  ".bunfig.toml": `preload = ["${foreign}"]\n`,
  ".env": `BUN_OPTIONS=--preload=${foreign}\nIRQTRACE_LIBBPF=${foreign}\n`,
  ".env.local": `IRQTRACE_LIBBPF=${foreign}\n`,
  ".npmrc": "ignore-scripts=false\n",
  "package.json": `{ "name": "hostile", "imports": { "#x": "./foreign.ts" }, "scripts": { "hardirqs": "bun foreign.ts" } }\n`,
  "libbpf.so.1": "not a library\n",
  "tsconfig.json": `{ "compilerOptions": { "paths": { "*": ["./foreign.ts"], "commander": ["./foreign.ts"] } } }\n`,
  "node_modules/commander/package.json": `{ "name": "commander", "main": "../../foreign.ts" }\n`,
  "node_modules/@irqtrace/hardirqs/package.json": `{ "name": "@irqtrace/hardirqs", "main": "../../../foreign.ts" }\n`,
};

beforeAll(async () => {
  for (const [name, text] of Object.entries(PLANTED)) {
    mkdirSync(dirname(join(hostile, name)), { recursive: true });
    writeFileSync(join(hostile, name), text);
  }
  const tasks = await runTurbo(repository, ["build"], ["--output-logs=errors-only"]);
  expect(tasks.filter((task) => task.exitCode !== 0).map((task) => task.id)).toEqual([]);
  // As tarballs hold them, with and without the packages that the command depends on.
  for (const place of [published, alone]) install("apps/cli", join(place, "irqtrace"));
  for (const name of readdirSync(join(repository, "packages"))) {
    install(join("packages", name), join(published, "@irqtrace", name));
  }
}, BUILD_LIMIT_MS);
afterAll(() => rmSync(folder, { recursive: true }));

function install(folder: string, target: string): void {
  for (const part of ["bin", "dist", "prebuilt", "package.json"]) {
    const source = join(repository, folder, part);
    if (existsSync(source)) cpSync(source, join(target, part), { recursive: true });
  }
}

const environment = {
  PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  HOME: hostile,
  XDG_CONFIG_HOME: hostile,
};
/** Done, or not permitted, or no libbpf here: it came as far as the tracer. */
const ENDINGS = [0, 3, 4];
const launchers = [
  { name: "./irqtrace", path: join(repository, "irqtrace"), words: ["hardirqs", "10ms", "1"] },
  { name: "the published launcher", path: join(published, "irqtrace/bin/irqtrace"), words: ["softirqs", "10ms", "1"] },
];

function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  rmSync(marker, { force: true });
  const child = Bun.spawnSync([...command], {
    cwd: hostile,
    env: { ...environment, ...env },
    stdout: "ignore",
    stderr: "ignore",
  });
  return child.exitCode;
}

test("the planted files are dangerous: plain Bun runs them", () => {
  writeFileSync(join(folder, "innocent.ts"), "");
  run([process.execPath, join(folder, "innocent.ts")]);
  expect(existsSync(marker)).toBe(true);
});

describe.each(launchers)("$name", ({ path, words }) => {
  test("runs nothing of a hostile current directory or home", () => {
    expect(ENDINGS).toContain(run([path, ...words]));
    expect(existsSync(marker)).toBe(false);
  });

  test.each([
    ["BUN_OPTIONS", `--preload=${foreign}`],
    ["BUN_INSPECT_PRELOAD", foreign],
    ["NODE_OPTIONS", `--require=${foreign}`],
    ["NODE_PATH", join(hostile, "node_modules")],
    ["BUN_CONFIG_REGISTRY", "http://hostile.example"],
  ])("runs nothing that %s names", (name, value) => {
    expect(ENDINGS).toContain(run([path, ...words], { [name]: value }));
    expect(existsSync(marker)).toBe(false);
  });

  test.skipIf(strace === null)("opens no file of a hostile current directory or home (needs strace)", () => {
    const log = join(folder, "strace.log");
    const follow = ["strace", "-f", "-y", "-s", "4096", "-e", "trace=%file", "-o", log];
    expect(ENDINGS).toContain(run([...follow, path, ...words]));
    const trace = readFileSync(log, "utf8");
    expect(trace).toContain(`${path}`);
    expect(hostileAccesses(trace)).toEqual([]);
  });
});

test.skipIf(strace === null)("a package that is missing is not fetched from anywhere (needs strace)", () => {
  const log = join(folder, "strace.log");
  const trace = ["strace", "-f", "-e", "trace=connect,sendto", "-o", log];
  expect(run([...trace, join(alone, "irqtrace/bin/irqtrace"), "hardirqs", "10ms", "1"])).toBe(1);
  expect(readFileSync(log, "utf8")).not.toContain("AF_INET");
});

test.skipIf(strace === null)("that check would see it: plain Bun opens the planted files (needs strace)", () => {
  const log = join(folder, "strace.log");
  run([
    "strace",
    "-f",
    "-y",
    "-s",
    "4096",
    "-e",
    "trace=%file",
    "-o",
    log,
    process.execPath,
    join(folder, "innocent.ts"),
  ]);
  const seen = hostileAccesses(readFileSync(log, "utf8")).join("\n");
  for (const name of ["bunfig.toml", ".env", "package.json", "tsconfig.json"]) expect(seen).toContain(name);
});

/** System calls on anything below the hostile directory, by absolute path or relative to it. */
function hostileAccesses(trace: string): readonly string[] {
  return trace.split("\n").filter((line) => {
    const call = /\b(\w+)\(/.exec(line)?.[1];
    if (call === "execve" || call === "getcwd" || call === "chdir") return false;
    const [, directory = "", path = ""] = /\(\w*<([^>]*)>, "([^"]*)"/.exec(line) ?? /\(()"([^"]*)"/.exec(line) ?? [];
    // A shell makes sure that PWD is the directory that it is in.
    if (call?.includes("stat") === true && (path === "." || path === hostile)) return false;
    const isRelative = directory === hostile && path !== "" && !path.startsWith("/");
    return isRelative || path.startsWith(`${hostile}/`) || path === hostile;
  });
}
