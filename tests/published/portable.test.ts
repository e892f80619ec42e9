import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stageRelease } from "../../scripts/release/stage-release.ts";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import { BROWSER, runInBrowser } from "../portable/browser.ts";
import { runInNode } from "../portable/node.ts";
import type { PortableRun } from "../portable/portable-run.ts";
import { CleanConsumer } from "./clean-consumer.ts";
import { whyNoCleanPlace } from "./clean-place.ts";

const LIMIT_MS = 60_000;
const PORTABLE = /^@irqtrace\/(decode|bpf-objects\/layouts|(hard|soft)irqs\/decode)$/;
const repository = dirname(dirname(import.meta.dir));
const programFile = join(repository, "tests/portable/portable-program.ts");
const lacks = whyNoCleanPlace() ?? whyNoBpf();

let consumer: CleanConsumer;
let run: PortableRun;
/** What Bun makes of the captures with the installed packages. */
let expected: unknown;

beforeAll(async () => {
  if (lacks !== null) return;
  consumer = await CleanConsumer.start(await stageRelease(repository));
  const captures: readonly string[] = JSON.parse(await consumer.runAsRoot(["bun", "captures.ts"]));
  const portable = consumer.entries().filter(({ specifier }) => PORTABLE.test(specifier));
  const entries = Object.fromEntries(portable.map(({ specifier, file }) => [specifier, file] as const));
  const program = new Bun.Transpiler({ loader: "ts" }).transformSync(readFileSync(programFile, "utf8"));
  run = { repository: consumer.folder, entries, program, captures };
  consumer.copy(programFile, "portable-program.ts");
  const words = [JSON.stringify(Object.keys(entries)), JSON.stringify(captures)].join(", ");
  const script = `import { portableProgram } from "./portable-program.ts";
console.log(await portableProgram((entry) => import(entry), ${words}));`;
  writeFileSync(join(consumer.folder, "in-bun.ts"), script);
  expected = JSON.parse(await consumer.run(["bun", "in-bun.ts"]));
}, 2 * LIMIT_MS);
afterAll(() => consumer?.[Symbol.asyncDispose](), LIMIT_MS);

const platforms = [
  { name: "Node", decodeIn: runInNode, missing: null },
  { name: "a browser", decodeIn: runInBrowser, missing: BROWSER === null ? "needs chromium" : null },
];

describe.each(platforms)("$name", ({ decodeIn, missing }) => {
  const lack = lacks ?? missing;
  test.skipIf(lack !== null)(
    `decodes captures with the installed packages as Bun does${lack === null ? "" : ` (${lack})`}`,
    async () => {
      expect(Object.keys(run.entries)).toHaveLength(4);
      // A copy, because matching writes the matchers into what it is given.
      expect(structuredClone(expected)).toMatchObject({
        snapshots: [
          { rows: expect.any(Array) },
          { rows: expect.arrayContaining([expect.objectContaining({ name: "timer" })]) },
        ],
      });
      expect(JSON.parse(await decodeIn(run))).toEqual(expected);
    },
    LIMIT_MS,
  );
});
