import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type StagedRelease, stageRelease } from "../../scripts/release/stage-release.ts";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import { CleanPlace, whyNoCleanPlace } from "./clean-place.ts";
import { LocalRegistry } from "./local-registry.ts";

const LIMIT_MS = 120_000;
const MAX_PACKAGES = 10;
const MAX_BYTES = 5_000_000;
const repository = dirname(dirname(import.meta.dir));
const lacks = whyNoCleanPlace() ?? whyNoBpf();
const lacksSudo = lacks ?? (Bun.which("sudo") === null ? "needs sudo" : null);

let release: StagedRelease;
let registry: LocalRegistry;
const places: CleanPlace[] = [];

beforeAll(async () => {
  if (lacks !== null) return;
  release = await stageRelease(repository);
  registry = await LocalRegistry.start(release);
}, LIMIT_MS);

afterAll(async () => {
  for (const place of places) place[Symbol.dispose]();
  await registry?.[Symbol.asyncDispose]();
}, LIMIT_MS);

function cleanPlace(options: { withBun: boolean } = { withBun: true }): CleanPlace {
  const place = new CleanPlace({ registryUrl: registry.url, ...options });
  places.push(place);
  return place;
}

/** A skipped test's name says why. */
function named(sentence: string, lack: string | null): string {
  return lack === null ? sentence : `${sentence} (${lack})`;
}

/** Starts of reports in a table's text. */
function reportsIn(stdout: string, header: string): number {
  return stdout.split("\n").filter((line) => line.startsWith(header)).length;
}

describe("with Bun and nothing else", () => {
  test.skipIf(lacks !== null)(
    named("bunx gives the first report after few packages and few bytes", lacks),
    async () => {
      const place = cleanPlace();
      const before = registry.answers().length;
      const startMs = performance.now();
      const stdout = await place.runWell(["bunx", "irqtrace", "softirqs", "10ms", "1"]);
      const seconds = (performance.now() - startMs) / 1000;
      expect(stdout).toStartWith("softirq ");

      const answers = registry.answers().slice(before);
      const bytes = answers.reduce((sum, answer) => sum + answer.bytes, 0);
      const packages = new Set(answers.map(({ path }) => path).filter((path) => path.endsWith(".tgz"))).size;
      console.log(`From nothing to the first report: ${seconds.toFixed(2)} s, ${bytes} bytes, ${packages} packages`);
      expect(packages).toBeGreaterThan(1);
      expect(packages).toBeLessThanOrEqual(MAX_PACKAGES);
      expect(bytes).toBeGreaterThan(50_000);
      expect(bytes).toBeLessThan(MAX_BYTES);
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    named("bunx irqtrace --version says the released version, to an ordinary user too", lacks),
    async () => {
      const place = cleanPlace();
      for (const user of ["root", "tracer"] as const) {
        const stdout = await place.runWell(["bunx", "irqtrace", "--version"], { user });
        expect(stdout).toContain(release.version);
      }
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    named("bunx irqtrace hardirqs 1 2 gives two reports", lacks),
    async () => {
      const place = cleanPlace();
      const command = ["bunx", "irqtrace", "hardirqs", "1", "2"];
      const startMs = performance.now();
      const stdout = await place.runWell(command);
      expect(performance.now() - startMs).toBeGreaterThan(2000);
      expect(reportsIn(stdout, "hardirq ")).toBe(2);
    },
    LIMIT_MS,
  );

  test.skipIf(lacksSudo !== null)(
    named("sudo $(which bunx) works for a user whose Bun lies in their home", lacksSudo),
    async () => {
      const place = cleanPlace();
      const command = ["sh", "-c", "sudo $(which bunx) irqtrace softirqs 1 2"];
      const stdout = await place.runWell(command, { user: "tracer" });
      expect(reportsIn(stdout, "softirq ")).toBe(2);
      expect(stdout).toContain("timer");
    },
    LIMIT_MS,
  );

  test.skipIf(lacksSudo !== null)(
    named("a user without privileges is told a command that then works", lacksSudo),
    async () => {
      const place = cleanPlace();
      const refused = await place.run(["bunx", "irqtrace", "softirqs", "10ms", "1"], { user: "tracer" });
      expect(refused).toMatchObject({ exitCode: 3, stdout: "" });
      const advice = /^ +(sudo .+)$/m.exec(refused.stderr)?.[1] ?? "";
      const stdout = await place.runWell(["sh", "-c", advice], { user: "tracer" });
      expect(stdout).toStartWith("softirq ");
    },
    LIMIT_MS,
  );
});

describe("with npm", () => {
  test.skipIf(lacks !== null)(
    named("npx irqtrace without Bun says how to get it, and ends with 4", lacks),
    async () => {
      const place = cleanPlace({ withBun: false });
      const result = await place.run(["npx", "--yes", "irqtrace", "hardirqs", "1", "2"], { user: "tracer" });
      expect(result).toMatchObject({ exitCode: 4, stdout: "" });
      expect(result.stderr).toContain("npx -p bun -p irqtrace irqtrace");
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    named("npx -p bun -p irqtrace irqtrace traces", lacks),
    async () => {
      const place = cleanPlace({ withBun: false });
      const command = ["npx", "--yes", "-p", "bun", "-p", "irqtrace", "irqtrace", "softirqs", "1", "1"];
      expect(await place.runWell(command)).toStartWith("softirq ");
    },
    LIMIT_MS,
  );
});

test.skipIf(lacks !== null)(named("the checkout is out of sight while all this runs", lacks), async () => {
  const place = cleanPlace({ withBun: false });
  expect(existsSync(join(repository, "package.json"))).toBe(true);
  const { stdout } = await place.run(["sh", "-c", `ls -A ${repository} 2>&1; ls -A /root; command -v bun`]);
  expect(stdout).not.toContain("package.json");
  expect(stdout.split("\n")).toContain(".npmrc");
  expect(readdirSync(place.folder)).toContain("home");
});
