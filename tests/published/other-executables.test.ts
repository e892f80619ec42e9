import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { buildExecutable } from "../../scripts/release/build-executable.ts";
import { executableTarget } from "../../scripts/release/executable-targets.ts";
import { giveToInvokingUser } from "../../scripts/release/give-to-invoking-user.ts";
import { type StagedRelease, stageRelease } from "../../scripts/release/stage-release.ts";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import type { CpioEntry } from "../vm/cpio.ts";
import { runGuest } from "../vm/guest.ts";
import { CACHE_DIRECTORY, storedKernel } from "../vm/kernel-store.ts";
import { kernelById } from "../vm/kernels.ts";
import { whyNoCleanPlace } from "./clean-place.ts";
import { whyNoDebian } from "./debian-tree.ts";
import { muslRuntime, type RuntimeFile } from "./musl-runtime.ts";
import { runInThrowawayRoot } from "./throwaway-root.ts";

const LIMIT_MS = 300_000;
const MAX_BYTES = 125_000_000;
const GUEST = "6.1-arm64";
const repository = dirname(dirname(import.meta.dir));
const lacks = whyNoCleanPlace() ?? whyNoBpf() ?? (process.arch === "x64" ? null : "needs x86_64") ?? whyNoDebian();
const unless = (lack: string | null): string => (lack === null ? "" : ` (${lack})`);
const missing = (...programs: readonly string[]): string | null => {
  const absent = programs.filter((program) => Bun.which(program) === null);
  return absent.length === 0 ? null : `needs ${absent.join(", ")}`;
};
const lacksMusl = lacks ?? missing("clang-19", "ld.lld-19", "busybox");
const lacksGuest = lacksMusl ?? missing("qemu-system-aarch64", "npm");

let folder: string;
let release: StagedRelease;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "irqtrace-others-"));
  if (lacks === null) release = await stageRelease(repository);
}, LIMIT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }), LIMIT_MS);

async function build(name: string): Promise<string> {
  const path = await buildExecutable(repository, release, executableTarget(name), folder);
  const { size } = statSync(path);
  console.log(`${basename(path)}: ${size} bytes`);
  expect(size).toBeLessThan(MAX_BYTES);
  return path;
}

/** That one run of `--version`, which tells of the libbpf inside, then of `softirqs 1 2` went well. */
function expectReports(output: string): void {
  const [version, library] = output.split("\n");
  expect([version, library]).toEqual([
    release.version,
    expect.stringMatching(/^libbpf 1\.7, \/\$bunfs\/\S+ \(bundled\)$/),
  ]);
  expect(output.match(/^softirq /gm)).toHaveLength(2);
  expect(output).toMatch(/^timer /m);
}

const START_BOTH = `"$1" --version && "$1" softirqs 1 2`;

/** A machine with musl and a busybox; nothing else. */
function muslRoot(runtime: readonly RuntimeFile[]): string {
  const root = join(folder, "root");
  for (const name of ["bin", "lib"]) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(Bun.which("busybox") ?? "", join(root, "bin/busybox"));
  symlinkSync("busybox", join(root, "bin/sh"));
  for (const { source, path } of runtime) copyFileSync(source, join(root, path));
  return root;
}

test.skipIf(lacks !== null)(
  `the executable for processors without AVX2 traces${unless(lacks)}`,
  async () => {
    const path = await build("linux-x64-baseline");
    const commands = `set -- /mnt/${basename(path)}\n${START_BOTH}`;
    const { stdout } = await runInThrowawayRoot(folder, commands);
    expectReports(stdout);
  },
  LIMIT_MS,
);

test.skipIf(lacksMusl !== null)(
  `the executable for musl traces where there is no glibc${unless(lacksMusl)}`,
  async () => {
    const path = await build("linux-x64-musl");
    const root = muslRoot(await muslRuntime("linux-x64-musl", path, join(folder, "runtime-x64")));
    const commands = `set -- /mnt/${basename(path)}\n${START_BOTH}`;
    const { stdout } = await runInThrowawayRoot(folder, commands, root);
    expectReports(stdout);
  },
  LIMIT_MS,
);

test.skipIf(lacksGuest !== null)(
  `the executables for arm64 trace in an arm64 machine, on glibc and on musl${unless(lacksGuest)}`,
  async () => {
    const [glibc, musl] = [await build("linux-arm64"), await build("linux-arm64-musl")];
    const file = (source: string, path: string): CpioEntry => {
      return { path, kind: "file", content: readFileSync(source), executable: true };
    };
    const runtime = await muslRuntime("linux-arm64-musl", musl, join(folder, "runtime-arm64"));
    const files = [
      file(glibc, "/executables/glibc"),
      file(musl, "/executables/musl"),
      ...runtime.map(({ source, path }) => file(source, `/${path}`)),
    ];
    const stored = await storedKernel(kernelById(GUEST));
    const start = `for path in /executables/*; do echo; echo "== $path"; set -- "$path"; ${START_BOTH} || exit; done`;
    const run = await runGuest(stored, { command: ["sh", "-c", start], files, reports: false });
    giveToInvokingUser(CACHE_DIRECTORY);
    expect(run).toMatchObject({ problem: null, exitCode: 0 });
    const outputs = run.console.replaceAll("\r", "").split(/^== \/executables\/\w+\n/m);
    expect(outputs).toHaveLength(3);
    for (const output of outputs.slice(1)) expectReports(output);
  },
  LIMIT_MS,
);
