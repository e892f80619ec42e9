import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildExecutable } from "../../scripts/release/build-executable.ts";
import { executableTarget } from "../../scripts/release/executable-targets.ts";
import { stageRelease } from "../../scripts/release/stage-release.ts";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import { whyNoCleanPlace } from "./clean-place.ts";
import { LocalRegistry } from "./local-registry.ts";
import { OLD_GLIBC, oldUserland } from "./old-userland.ts";
import { runInThrowawayRoot } from "./throwaway-root.ts";

const LIMIT_MS = 180_000;
const repository = dirname(dirname(import.meta.dir));
const lacks = whyNoCleanPlace() ?? whyNoBpf() ?? (process.arch === "x64" ? null : "needs x86_64");
const userland = await oldUserland();

/** Holds Bun and the executable, each as one file. */
let folder: string;
let registry: LocalRegistry;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "irqtrace-bundled-"));
  if (lacks !== null) return;
  const release = await stageRelease(repository);
  const built = await buildExecutable(repository, release, executableTarget("linux-x64"), folder);
  renameSync(built, join(folder, "irqtrace"));
  copyFileSync(process.execPath, join(folder, "bun"));
  registry = await LocalRegistry.start(release);
}, LIMIT_MS);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await registry?.[Symbol.asyncDispose]();
}, LIMIT_MS);

/** What a machine has in /mnt, and the words that start irqtrace there. */
interface Way {
  readonly name: string;
  readonly mounted: () => string;
  readonly start: () => string;
}

const WAYS: readonly Way[] = [
  { name: "a clone", mounted: () => repository, start: () => "/mnt/irqtrace" },
  {
    name: "the packed tarballs",
    mounted: () => folder,
    start: () => `env BUN_CONFIG_REGISTRY=${registry.url} /mnt/bun x irqtrace`,
  },
  { name: "the executable", mounted: () => folder, start: () => "/mnt/irqtrace" },
];

const HIDE_SYSTEM_LIBBPF = `for library in /usr/lib/*/libbpf.so* /usr/lib/*/libelf*.so*; do
  mount --bind /dev/null "$library"
done`;

const MACHINES = [
  { name: "whose libbpf and libelf are hidden", root: "/", prepare: HIDE_SYSTEM_LIBBPF, lack: lacks },
  { name: `with glibc ${OLD_GLIBC}`, root: userland.root ?? "", prepare: "", lack: lacks ?? userland.lack },
];

// The dynamic linker's own word, in a process of its own: nobody can have told it another one.
const FIND_SYSTEM_LIBBPF = `LD_PRELOAD="libbpf.so.1 libelf.so.1" /bin/cat /dev/null`;

describe.each(MACHINES)("on a machine $name", ({ root, prepare, lack }) => {
  const unless = lack === null ? "" : ` (${lack})`;

  test.skipIf(lack !== null)(`no libbpf and no libelf can be opened${unless}`, async () => {
    const { stderr } = await runInThrowawayRoot(folder, `${prepare}\n${FIND_SYSTEM_LIBBPF}`, root);
    for (const library of ["libbpf.so.1", "libelf.so.1"])
      expect(stderr).toMatch(new RegExp(`object '${library}' from LD_PRELOAD cannot be preloaded`));
  });

  test.skipIf(lack !== null).each(WAYS)(
    `it traces from $name${unless}`,
    async ({ mounted, start }) => {
      const commands = `${prepare}\n${start()} softirqs 1 2 --verbose`;
      const { exitCode, stdout, stderr } = await runInThrowawayRoot(mounted(), commands, root);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: expect.stringMatching(/^irqtrace: libbpf 1\.7\b.*\(bundled\)$/m),
      });
      expect(stdout.match(/^softirq /gm)).toHaveLength(2);
      expect(stdout).toMatch(/^timer /m);
      expect(readFileSync("/proc/self/mounts", "utf8")).not.toMatch(/^irqtrace-root | \/run\/root[ /]/m);
    },
    LIMIT_MS,
  );
});

test.skipIf((lacks ?? userland.lack) !== null)(
  `the old glibc is the one that runs Bun${userland.lack === null ? "" : ` (${userland.lack})`}`,
  async () => {
    const program = "console.log(process.report.getReport().header.glibcVersionRuntime)";
    const { stdout } = await runInThrowawayRoot(folder, `/mnt/bun -e '${program}'`, userland.root ?? "");
    expect(stdout).toBe(`${OLD_GLIBC}\n`);
  },
);

test.skipIf(lacks !== null)(
  `where the bundled one cannot be opened the system's is taken, and --verbose says why${lacks === null ? "" : ` (${lacks})`}`,
  async () => {
    const commands = `mount --bind /dev/null /mnt/packages/libbpf/prebuilt/linux-x64-glibc/libbpf.so
exec /mnt/irqtrace softirqs 100ms 1 --verbose`;
    const { exitCode, stderr } = await runInThrowawayRoot(repository, commands);
    const lines = stderr.split("\n").filter((line) => line.startsWith("irqtrace: "));
    expect({ exitCode, lines: lines.slice(0, 2) }).toEqual({
      exitCode: 0,
      lines: [
        expect.stringMatching(/^irqtrace: libbpf 1\.\d+, \/\S+\/libbpf\.so\.1\S* \(system\)$/),
        expect.stringMatching(
          /^irqtrace: the bundled libbpf is not used: Cannot use "\S+\/libbpf\.so" as libbpf: .*too short/,
        ),
      ],
    });
  },
  LIMIT_MS,
);
