import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildExecutable } from "../../scripts/release/build-executable.ts";
import { executableTarget } from "../../scripts/release/executable-targets.ts";
import { type StagedRelease, stageRelease } from "../../scripts/release/stage-release.ts";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import { CleanPlace, type RunOptions, type RunResult, whyNoCleanPlace } from "./clean-place.ts";

const LIMIT_MS = 180_000;
const repository = dirname(dirname(import.meta.dir));
const lacks = whyNoCleanPlace() ?? whyNoBpf() ?? (process.arch === "x64" ? null : "needs x86_64");
const unless = lacks === null ? "" : ` (${lacks})`;
const lacksSudo = lacks ?? (Bun.which("sudo") === null ? "needs sudo" : null);

let folder: string;
let release: StagedRelease;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "irqtrace-executables-"));
  release = await stageRelease(repository);
}, LIMIT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }), LIMIT_MS);

describe("on a machine without Bun", () => {
  let place: CleanPlace;
  let irqtrace: string;

  beforeAll(async () => {
    if (lacks !== null) return;
    const path = await buildExecutable(repository, release, executableTarget("linux-x64"), folder);
    place = new CleanPlace({ withBun: false });
    irqtrace = join(place.folder, "irqtrace");
    place.addFile(path, irqtrace);
  }, LIMIT_MS);
  afterAll(() => place?.[Symbol.dispose](), LIMIT_MS);

  /** As root, after shell commands that change the machine for this one process. */
  function runAfter(commands: string, words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return place.run(["sh", "-euc", `${commands}\nexec "$@"`, "sh", irqtrace, ...words], options);
  }

  test.skipIf(lacks !== null)(`it says its version${unless}`, async () => {
    const { stdout } = await place.run([irqtrace, "--version"], { user: "tracer" });
    expect(stdout).toContain(release.version);
  });

  test.skipIf(lacks !== null).each([
    ["hardirqs", "irqtrace.hardirqs/1"],
    ["softirqs", "irqtrace.softirqs/1"],
  ])(
    `%s gives reports${unless}`,
    async (command, schema) => {
      const { exitCode, stdout } = await place.run([irqtrace, command, "500ms", "2", "--json", "--dist"]);
      expect(exitCode).toBe(0);
      const reports = stdout
        .trimEnd()
        .split("\n")
        .map((line): { schema: string } => JSON.parse(line));
      expect(reports.map((report) => report.schema)).toEqual([schema, schema]);
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    `it says all it has to say, however soon the trace ends${unless}`,
    async () => {
      for (let run = 0; run < 5; run++) {
        const { stderr } = await place.run([irqtrace, "softirqs", "10ms", "1", "--verbose"]);
        expect(stderr).toMatch(/^irqtrace: map vectors: .* bytes\n/m);
        expect(stderr).toEndWith(" bytes\n");
      }
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null).each([
    ["nothing in /tmp can be executed", "mount -o remount,noexec /tmp", {}],
    ["there is no temporary directory", ":", { TMPDIR: "/nonexistent" }],
    ["nothing can be written", "mount -t tmpfs -o ro none /var/tmp; mount -o remount,ro /tmp", { TMPDIR: "/var/tmp" }],
  ] as const)(
    `it traces where %s${unless}`,
    async (_case, commands, env) => {
      const { exitCode, stdout, stderr } = await runAfter(commands, ["softirqs", "1", "1", "-v"], { env });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: expect.stringMatching(/^irqtrace: libbpf 1\.7\b.*\(bundled\)$/m),
      });
      expect(stdout).toStartWith("softirq ");
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    `it obeys neither bunfig.toml nor .env of a hostile folder${unless}`,
    async () => {
      const foreign = `require("node:fs").writeFileSync("ran", "");\n`;
      const hostile = place.makeFolder("hostile", {
        "foreign.ts": foreign,
        "bunfig.toml": `preload = ["./foreign.ts"]\n`,
        ".env": "IRQTRACE_LIBBPF=/nonexistent\nBUN_OPTIONS=--preload=./foreign.ts\n",
        "package.json": `{ "name": "hostile", "imports": { "#x": "./foreign.ts" } }\n`,
        "tsconfig.json": `{ "compilerOptions": { "paths": { "*": ["./foreign.ts"] } } }\n`,
      });
      const { exitCode, stdout } = await place.run([irqtrace, "softirqs", "10ms", "1"], { cwd: hostile });
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining("softirq ") });
      expect(() => statSync(join(hostile, "ran"))).toThrow("ENOENT");
    },
    LIMIT_MS,
  );

  test.skipIf(lacksSudo !== null)(
    `a user without privileges is told a command that then works${lacksSudo === null ? "" : ` (${lacksSudo})`}`,
    async () => {
      const refused = await place.run([irqtrace, "softirqs", "10ms", "1"], { user: "tracer" });
      expect(refused).toMatchObject({ exitCode: 3, stdout: "" });
      const advice = /^ +(sudo .+)$/m.exec(refused.stderr)?.[1] ?? "";
      expect(advice).toBe(`sudo ${irqtrace} softirqs 10ms 1`);
      expect(await place.runWell(["sh", "-c", advice], { user: "tracer" })).toStartWith("softirq ");
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    `whoever may start it may run any program in it: no place for setcap${unless}`,
    async () => {
      const env = { BUN_BE_BUN: "1" };
      const { stdout } = await place.run([irqtrace, "-e", "console.log(6 * 7)"], { env, user: "tracer" });
      expect(stdout).toBe("42\n");
    },
  );
});
