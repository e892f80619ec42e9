import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { LIBBPF_VERSION } from "@irqtrace/libbpf";
import { libbpf } from "@irqtrace/loader";
import { lastLines } from "../../scripts/debian/run-command.ts";
import { readBunOutput } from "../../scripts/test-runner/bun-output.ts";
import { LIBBPF_VERSIONS, type LibbpfVersion, MULTIARCH, STORE, treesOf } from "./libbpf-versions/versions.ts";
import { NO_CLANG } from "./loader-fixtures.ts";

const REPOSITORY = dirname(dirname(import.meta.dir));
const LIBRARIES = `/usr/lib/${MULTIARCH}`;
const LIMIT_MS = 120_000;
const BUN = [process.execPath, "--config=/dev/null", "--no-env-file", "--no-install"];

// Left out: offsets and ring-memory, which never call libbpf.
const FILES = [
  "errors",
  "features",
  "foreign",
  "lifetime",
  "maps",
  "pin",
  "programs",
  "ring-buffer",
  "schema",
  "workers",
].map((name) => `tests/kernel/loader-${name}.test.ts`);
const TELL = 'import { libbpf } from "@irqtrace/loader"; console.log(JSON.stringify(libbpf()));';

/** A way to start a command with a libbpf. */
interface Start {
  readonly prefix: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Lays the trees over the machine's libraries, for the command and its children alone. Names are relative: mount reads commas. */
function withTrees(names: readonly string[]): Start {
  const layers = [...names.map((name) => `${name}${LIBRARIES}`), LIBRARIES].join(":");
  const script = `cd "$1"; mount -t overlay overlay -o "lowerdir=${layers}" ${LIBRARIES}; cd "$2"; shift 2; exec "$@"`;
  return {
    prefix: ["unshare", "--mount", "sh", "-euc", script, "sh", STORE, REPOSITORY],
    env: { IRQTRACE_LIBBPF: `${LIBRARIES}/libbpf.so.1` },
  };
}

function run({ prefix, env }: Start, words: readonly string[]): { stdout: string; stderr: string; exitCode: number } {
  const { stdout, stderr, exitCode } = Bun.spawnSync([...prefix, ...BUN, ...words], {
    cwd: REPOSITORY,
    env: { ...process.env, ...env },
    stdin: "ignore",
    timeout: LIMIT_MS,
  });
  return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
}

function tellLibbpf(start: Start): unknown {
  const { stdout, stderr, exitCode } = run(start, ["--eval", TELL]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return JSON.parse(stdout);
}

/** Why the version cannot be had here, or null. */
function whyNot(version: LibbpfVersion, glibcVersion: string): string | null {
  const command = ["sh", join(REPOSITORY, "toolchain/as-invoking-user.sh"), ...BUN];
  const script = join(import.meta.dir, "libbpf-versions/fetch-trees.ts");
  const fetched = Bun.spawnSync([...command, script, version.version, glibcVersion], {
    cwd: REPOSITORY,
    timeout: LIMIT_MS,
  });
  if (!fetched.success) return oneLine(fetched.stderr.toString());
  const { prefix } = withTrees(treesOf(version, glibcVersion).map(({ name }) => name));
  const laid = Bun.spawnSync([...prefix, "true"]);
  return laid.success ? null : oneLine(laid.stderr.toString());
}

/** As it can stand in brackets in a test's name. */
function oneLine(text: string): string {
  const error = /^error: (.*)$/m.exec(text)?.[1] ?? lastLines(text, 1);
  return error.replaceAll(/[[\]]/g, "");
}

function glibcOfThisProcess(): string | null {
  const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime ?? null;
}

/** Runs the loader's tests in a process of their own and fails with what they printed unless all passed. */
function expectAllToPass(start: Start, version: string): void {
  expect(tellLibbpf(start)).toMatchObject({ version, source: "environment" });
  const { stderr, exitCode } = run(start, ["test", "--timeout", "30000", ...FILES.map((file) => `./${file}`)]);
  const { passed, failures, skips } = readBunOutput(stderr, { exitCode, signal: null }, FILES);
  if (failures.length > 0) throw new Error(`With libbpf ${version}:\n${stderr}`);
  expect(skips).toEqual([]);
  expect(passed).toBeGreaterThan(90);
}

const SENTENCE = "runs the loader's tests";
const glibc = glibcOfThisProcess();

for (const version of LIBBPF_VERSIONS) {
  const name = `libbpf ${version.version} of ${version.suite} ${SENTENCE}`;
  const reason = NO_CLANG !== "" ? "no clang-19" : glibc === null ? "no glibc" : whyNot(version, glibc);
  if (reason === null) {
    const start = withTrees(treesOf(version, glibc ?? "").map((tree) => tree.name));
    test(name, () => expectAllToPass(start, version.version), LIMIT_MS);
  } else if (process.env["IRQTRACE_REQUIRE_ALL"] === "1") {
    test(name, () => {
      throw new Error(`This libbpf is required but cannot be had: ${reason}`);
    });
  } else test.skip(`${name} [skipped: ${reason}]`, () => {});
}

test("all other tests run with the bundled libbpf", () => {
  const version = LIBBPF_VERSION.replace(/\.\d+$/, "");
  expect(tellLibbpf({ prefix: [], env: { IRQTRACE_LIBBPF: "" } })).toMatchObject({ version, source: "bundled" });
  expect(libbpf()).toMatchObject({ version, source: "bundled" });
});
