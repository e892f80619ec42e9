import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stageRelease } from "../../scripts/release/stage-release.ts";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import { CleanPlace, whyNoCleanPlace } from "./clean-place.ts";
import { LocalRegistry } from "./local-registry.ts";

const LIMIT_MS = 120_000;
const repository = dirname(dirname(import.meta.dir));
const sources = join(import.meta.dir, "third-party");
const LAYOUTS = "run-queue.layouts.gen.ts";
const CLANG = "clang-19";
const lacks = whyNoCleanPlace() ?? whyNoBpf() ?? (Bun.which(CLANG) === null ? `needs ${CLANG}` : null);
const unless = lacks === null ? "" : ` (${lacks})`;

let registry: LocalRegistry;
let place: CleanPlace;
let folder: string;

beforeAll(async () => {
  if (lacks !== null) return;
  registry = await LocalRegistry.start(await stageRelease(repository));
  place = new CleanPlace({ registryUrl: registry.url });
  const files = ["package.json", "tsconfig.json", "run-queue.bpf.c", "run-queue.ts"];
  folder = place.makeFolder(
    "run-queue",
    Object.fromEntries(files.map((name) => [name, readFileSync(join(sources, name))])),
  );
}, LIMIT_MS);
afterAll(async () => {
  place?.[Symbol.dispose]();
  await registry?.[Symbol.asyncDispose]();
}, LIMIT_MS);

function run(command: readonly string[]): Promise<string> {
  return place.runWell(command, { cwd: folder, user: "tracer" });
}

interface Report {
  readonly count: number;
  readonly totalNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly lowerSumNs: number;
  readonly upperSumNs: number;
  readonly notNoted: number;
}

test.skipIf(lacks !== null)(
  `a tracer of run-queue latency is made of the installed packages alone, and works${unless}`,
  async () => {
    await run(["bun", "install", "--silent"]);
    const headers = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
    const flags = ["-g", "-O2", "-target", "bpf", "-mcpu=v3", "-isystem", headers];
    await run([CLANG, ...flags, "-c", "run-queue.bpf.c", "-o", "run-queue.bpf.o"]);
    const words = "layouts run-queue.bpf.o --u64 number --name runQueue";
    await run(["sh", "-c", `bunx @irqtrace/loader ${words} > ${LAYOUTS}`]);
    // The hash is of what this very compiler made.
    const withoutHash = (text: string): string => text.replace(/sha256: "\w+"/, "");
    const generated = readFileSync(join(folder, LAYOUTS), "utf8");
    expect(withoutHash(generated)).toBe(withoutHash(readFileSync(join(sources, LAYOUTS), "utf8")));
    expect(await run(["bun", "node_modules/typescript/bin/tsc", "-p", "."])).toBe("");

    const output = await place.runWell(["bun", "run-queue.ts"], { cwd: folder });
    const report: Report = JSON.parse(output);
    // Half a second of any machine: timers alone wake a task some dozens of times.
    expect(report.count).toBeGreaterThan(20);
    expect(report.notNoted).toBe(0);
    expect(report.p50Ns).toBeGreaterThan(100);
    expect(report.p99Ns).toBeGreaterThanOrEqual(report.p50Ns);
    // Its total is added up apart from the buckets, which bound it.
    expect(report.totalNs).toBeGreaterThanOrEqual(report.lowerSumNs);
    expect(report.totalNs).toBeLessThanOrEqual(report.upperSumNs);
  },
  LIMIT_MS,
);

test.skipIf(lacks !== null)(
  `to a user without privileges its layouts are made all the same, and loading is refused${unless}`,
  async () => {
    const refused = await place.run(["bun", "run-queue.ts"], { cwd: folder, user: "tracer" });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("CAP_BPF");
  },
  LIMIT_MS,
);
