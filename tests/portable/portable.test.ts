import { beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { traceInterrupts, traceVictims } from "@irqtrace/interrupts";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import { runTurbo } from "../../scripts/test-runner/turbo-run.ts";
import { sendUdp } from "../kernel/load/loads.ts";
import { BROWSER, runInBrowser } from "./browser.ts";
import { runInNode } from "./node.ts";
import { portableProgram } from "./portable-program.ts";
import type { PortableRun } from "./portable-run.ts";

const LIMIT_MS = 60_000;
const repository = dirname(dirname(import.meta.dir));
const programSource = readFileSync(join(import.meta.dir, "portable-program.ts"), "utf8");

/** The published entries that import nothing of Bun or Node, and the modules that are built for them. */
const ENTRIES: Readonly<Record<string, string>> = {
  "@irqtrace/decode": "packages/decode/dist/index.js",
  "@irqtrace/bpf-objects/layouts": "packages/bpf-objects/dist/layouts/index.js",
  "@irqtrace/hardirqs/decode": "packages/hardirqs/dist/decode.js",
  "@irqtrace/softirqs/decode": "packages/softirqs/dist/decode.js",
  "@irqtrace/interrupts/decode": "packages/interrupts/dist/decode.js",
};

function runOf(captures: readonly string[]): PortableRun {
  const program = new Bun.Transpiler({ loader: "ts" }).transformSync(programSource);
  return { repository, entries: ENTRIES, program, captures };
}

beforeAll(async () => {
  const tasks = await runTurbo(repository, ["build"], ["--output-logs=errors-only"]);
  expect(tasks.filter((task) => task.exitCode !== 0).map((task) => task.id)).toEqual([]);
}, LIMIT_MS);

/** What Bun makes of the sources. */
async function inBun(captures: readonly string[]): Promise<unknown> {
  return JSON.parse(await portableProgram((entry) => import(entry), Object.keys(ENTRIES), captures));
}

/** Real captures, of interrupts that a load of packets makes. */
async function liveCaptures(): Promise<readonly string[]> {
  using hardirqs = traceHardirqs();
  using softirqs = traceSoftirqs({ perCpu: true });
  using interrupts = traceInterrupts({ exclusive: true });
  using victims = traceVictims({ by: "cgroup" });
  await Promise.all([sendUdp(5_000), Bun.sleep(200)]);
  return [hardirqs, softirqs, interrupts, victims].map((tracer) =>
    JSON.stringify(tracer.capture(), (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ),
  );
}

/** A skipped test's name says why. */
function named(sentence: string, lack: string | null): string {
  return lack === null ? sentence : `${sentence} (${lack})`;
}

const platforms = [
  { name: "Node", run: runInNode, lacks: null },
  { name: "a browser", run: runInBrowser, lacks: BROWSER === null ? "needs chromium" : null },
];

describe.each(platforms)("$name", ({ run, lacks }) => {
  const noBpf = lacks ?? whyNoBpf();

  test.skipIf(lacks !== null)(
    named("has every export of the portable entries", lacks),
    async () => {
      expect(JSON.parse(await run(runOf([])))).toEqual(await inBun([]));
    },
    LIMIT_MS,
  );

  test.skipIf(noBpf !== null)(
    named("decodes real captures as Bun does", noBpf),
    async () => {
      const captures = await liveCaptures();
      const expected = await inBun(captures);
      expect(expected).toMatchObject({
        snapshots: [
          { rows: expect.any(Array) },
          { rows: expect.arrayContaining([expect.objectContaining({ name: "net_rx" })]) },
          { rows: expect.arrayContaining([expect.objectContaining({ name: "net_rx", selfNs: expect.any(Number) })]) },
          { rows: expect.arrayContaining([expect.objectContaining({ name: "net_rx", victim: expect.any(String) })]) },
        ],
      });
      expect(JSON.parse(await run(runOf(captures)))).toEqual(expected);
    },
    LIMIT_MS,
  );
});
