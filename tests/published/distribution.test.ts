import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { EXECUTABLE_TARGETS } from "../../scripts/release/executable-targets.ts";
import { PACKAGE_TARGETS } from "../../scripts/release/package-tree.ts";
import { runStep } from "../../scripts/release/run-step.ts";
import { type StagedRelease, stageRelease } from "../../scripts/release/stage-release.ts";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import { whyNoCleanPlace } from "./clean-place.ts";
import { underSystemd } from "./systemd-machine.ts";
import { runInThrowawayRoot } from "./throwaway-root.ts";

const LIMIT_MS = 180_000;
const repository = dirname(dirname(import.meta.dir));
const packaging = join(repository, "packaging");
const noAnalyze = Bun.which("systemd-analyze") === null ? "needs systemd" : null;
const lacks =
  whyNoCleanPlace() ??
  whyNoBpf() ??
  (process.arch === "x64" ? null : "needs x86_64") ??
  (Bun.which("dpkg-deb") === null ? "needs dpkg" : null) ??
  (Bun.which("rpmbuild") === null ? "needs rpm" : null);
const unless = (lack: string | null): string => (lack === null ? "" : ` (${lack})`);

let folder: string;
let release: StagedRelease;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "irqtrace-distribution-"));
  if (lacks !== null) return;
  release = await stageRelease(repository);
  const script = join(repository, "scripts/build-distribution.ts");
  console.log(await runStep([process.execPath, script, folder], { cwd: repository }));
}, LIMIT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }), LIMIT_MS);

describe("all of it", () => {
  test.skipIf(lacks !== null)(`is there, and nothing else${unless(lacks)}`, () => {
    const { version } = release;
    const attached = [
      ...EXECUTABLE_TARGETS.map(({ name }) => `irqtrace-${version}-${name}`),
      ...["amd64", "arm64"].map((architecture) => `irqtrace_${version}_${architecture}.deb`),
      ...["x86_64", "aarch64"].map((architecture) => `irqtrace-${version}-1.${architecture}.rpm`),
    ];
    expect(readdirSync(folder).sort()).toEqual(["SHA256SUMS", "image", ...attached].sort());
    const sums = readFileSync(join(folder, "SHA256SUMS"), "utf8").trimEnd().split("\n");
    expect(sums.map((line) => line.slice(66)).sort()).toEqual(attached.sort());
  });

  test.skipIf(lacks !== null)(`has the checksums that are told${unless(lacks)}`, async () => {
    await runStep(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: folder });
  });

  test.skipIf(lacks !== null).each([
    ["amd64", "x86_64", "linux-x64-baseline"],
    ["arm64", "aarch64", "linux-arm64"],
  ])(
    `packages for %s are of that architecture and hold its executable${unless(lacks)}`,
    async (debArchitecture, rpmArchitecture, executable) => {
      const { version } = release;
      const shell = (commands: string): Promise<string> => runStep(["sh", "-euc", commands], { cwd: folder });
      const deb = `irqtrace_${version}_${debArchitecture}.deb`;
      const rpm = `irqtrace-${version}-1.${rpmArchitecture}.rpm`;
      expect(await shell(`dpkg-deb --field ${deb} Version Architecture`)).toBe(
        `Version: ${version}\nArchitecture: ${debArchitecture}\n`,
      );
      expect(await shell(`rpm -qp --nosignature --queryformat '%{VERSION} %{ARCH} %{BUILDHOST}' ${rpm}`)).toBe(
        `${version} ${rpmArchitecture} irqtrace`,
      );
      const [first, ...others] = (
        await shell(`sha256sum <irqtrace-${version}-${executable}
dpkg-deb --fsys-tarfile ${deb} | tar -xO ./usr/bin/irqtrace | sha256sum
rpm2cpio ${rpm} | cpio --quiet -i --to-stdout ./usr/bin/irqtrace | sha256sum
sha256sum <image/irqtrace-${debArchitecture}`)
      )
        .trimEnd()
        .split("\n");
      expect(others).toEqual([first ?? "", first ?? "", first ?? ""]);
    },
    LIMIT_MS,
  );
});

/** Installs the .deb, then runs commands; their output comes after the mark. */
async function afterInstalling(commands: string): Promise<string> {
  const install = `dpkg --install /mnt/*_amd64.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; exit 1; }`;
  const { exitCode, stdout, stderr } = await runInThrowawayRoot(folder, `${install}\n${commands}`);
  if (exitCode !== 0) throw new Error(`It ended with ${exitCode}:\n${stdout}${stderr}`);
  return stdout;
}

describe("the .deb", () => {
  test.skipIf(lacks !== null)(
    `installs, traces and goes again, and leaves this machine alone${unless(lacks)}`,
    async () => {
      const stdout = await afterInstalling(`irqtrace --version
dpkg --verify irqtrace
irqtrace softirqs 200ms 1
irqtrace hardirqs 200ms 1
dpkg --purge irqtrace >/dev/null
test ! -e /usr/bin/irqtrace`);
      expect(stdout).toStartWith(release.version);
      expect(stdout).toMatch(/^softirq /m);
      expect(stdout).toMatch(/^hardirq /m);
      expect(existsSync("/usr/bin/irqtrace")).toBe(false);
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    `holds the licences of what is in it${unless(lacks)}`,
    async () => {
      const text = await afterInstalling("cat /usr/share/doc/irqtrace/copyright");
      for (const licence of ["MIT License", "GNU GENERAL PUBLIC LICENSE", "GNU LESSER GENERAL PUBLIC LICENSE", "zlib"])
        expect(text).toContain(licence);
    },
    LIMIT_MS,
  );
});

test.skipIf(lacks !== null)(
  `the .deb installs a manual page of its version, and completions where shells look for them${unless(lacks)}`,
  async () => {
    const stdout = await afterInstalling(`zcat /usr/share/man/man1/irqtrace.1.gz
bash -nv /usr/share/bash-completion/completions/irqtrace 2>&1
cat /usr/share/zsh/vendor-completions/_irqtrace /usr/share/fish/vendor_completions.d/irqtrace.fish`);
    expect(stdout).toContain(`.TH IRQTRACE 1 "" "irqtrace ${release.version}"`);
    expect(stdout).toContain("\ncomplete -F _irqtrace irqtrace\n");
    expect(stdout).toContain("\n#compdef irqtrace\n");
    expect(stdout).toMatch(/^complete (-c|--command) irqtrace /m);
  },
  LIMIT_MS,
);

describe("the systemd unit", () => {
  test.skipIf((lacks ?? noAnalyze) !== null)(
    `is what systemd-analyze takes for right, and little exposed${unless(lacks ?? noAnalyze)}`,
    async () => {
      const stdout = await afterInstalling(`systemd-analyze verify irqtrace@softirqs.service 2>&1
systemd-analyze security --offline=true /usr/lib/systemd/system/irqtrace@.service --no-pager | tail -n 1`);
      const [verdict = "", ...complaints] = stdout.trimEnd().split("\n").reverse();
      expect(complaints).toEqual([]);
      const exposure = /level for \S+: ([\d.]+)/.exec(verdict)?.[1];
      expect(Number(exposure)).toBeLessThan(4);
    },
    LIMIT_MS,
  );

  test.skipIf((lacks ?? noAnalyze) !== null)(
    `a fault in it would be seen${unless(lacks ?? noAnalyze)}`,
    async () => {
      const unit = "/usr/lib/systemd/system/irqtrace@.service";
      const spoil = `sed -i 's/^AmbientCapabilities=.*/AmbientCapability=CAP_BPF/; s/^ExecStart=.*/ExecStart=irqtrace/' ${unit}`;
      const stdout = await afterInstalling(`${spoil}\nsystemd-analyze verify irqtrace@softirqs.service 2>&1 || true`);
      expect(stdout).toContain("AmbientCapability");
      expect(stdout).toContain("irqtrace");
    },
    LIMIT_MS,
  );

  test.skipIf((lacks ?? noAnalyze) !== null)(
    `systemd runs it with its two capabilities, and stops it with a report in the journal${unless(lacks ?? noAnalyze)}`,
    async () => {
      const settings = (): string => readFileSync("/proc/sys/fs/protected_regular", "utf8");
      const before = [settings(), readdirSync("/dev").sort()];
      const stdout = await afterInstalling(
        underSystemd(`systemctl start irqtrace@softirqs
sleep 2
pid=$(systemctl show --property MainPID --value irqtrace@softirqs)
grep -E '^(Uid|Cap|NoNewPrivs)' "/proc/$pid/status"
systemctl stop irqtrace@softirqs
systemctl show --property Result --property ExecMainStatus irqtrace@softirqs
journalctl --sync
journalctl --no-pager --output cat --identifier irqtrace`),
      );
      expect(stdout).not.toMatch(/^Uid:\t0/m);
      for (const set of ["Inh", "Prm", "Eff", "Bnd", "Amb"]) expect(stdout).toContain(`Cap${set}:\t000000c000000000\n`);
      expect(stdout).toContain("NoNewPrivs:\t1\n");
      expect(stdout).toContain("Result=success\n");
      expect(stdout).toContain("ExecMainStatus=0\n");
      const report = stdout.trimEnd().split("\n").at(-1) ?? "";
      expect(JSON.parse(report)).toMatchObject({ schema: "irqtrace.softirqs/1" });
      expect([settings(), readdirSync("/dev").sort()]).toEqual(before);
      expect(globSync("/sys/fs/cgroup/{,*/}irqtrace-systemd-*")).toEqual([]);
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    `its command traces with its two capabilities, as a user who has no others${unless(lacks)}`,
    async () => {
      const unit = readFileSync(join(packaging, "irqtrace@.service"), "utf8");
      expect(unit).toContain("\nAmbientCapabilities=CAP_BPF CAP_PERFMON\nCapabilityBoundingSet=CAP_BPF CAP_PERFMON\n");
      const command = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? "";
      expect(command).toContain(" %i 60 ");
      const words = command.replace("%i", "hardirqs").replace(" 60 ", " 200ms 1 ");
      const capabilities = "-all,+bpf,+perfmon";
      const become = [
        ...["setpriv", "--reuid=61208", "--regid=61208", "--clear-groups", "--no-new-privs"],
        ...["inh-caps", "ambient-caps", "bounding-set"].map((set) => `--${set}=${capabilities}`),
      ];
      const stdout = await afterInstalling(`${become.join(" ")} ${words}`);
      expect(JSON.parse(stdout)).toMatchObject({ schema: "irqtrace.hardirqs/1" });
    },
    LIMIT_MS,
  );
});

describe("the image", () => {
  const dockerfile = readFileSync(join(packaging, "Dockerfile"), "utf8");

  test("copies a file that the distribution has for each architecture", () => {
    expect(dockerfile).toContain("COPY --chmod=0755 irqtrace-$TARGETARCH /usr/bin/irqtrace");
    // Docker calls its architectures as Debian does.
    expect(PACKAGE_TARGETS.map(({ debArchitecture }) => debArchitecture)).toEqual(["amd64", "arm64"]);
  });

  test.skipIf(lacks !== null)(
    `its program traces as uid 0 with the two capabilities that are left, where nothing can be written${unless(lacks)}`,
    async () => {
      for (const flag of ["--cap-drop ALL", "--cap-add BPF", "--cap-add PERFMON", "no-new-privileges", "--read-only"])
        expect(dockerfile).toContain(flag);
      const capabilities = ["inh-caps", "bounding-set"].map((set) => `--${set}=-all,+bpf,+perfmon`).join(" ");
      const stdout = await afterInstalling(`mount -o remount,ro / && mount -o remount,ro /tmp
if touch /usr/x 2>/dev/null; then exit 9; fi
exec setpriv --no-new-privs ${capabilities} /usr/bin/irqtrace softirqs 200ms 1`);
      expect(stdout).toStartWith("softirq ");
    },
    LIMIT_MS,
  );
});

describe("the .rpm", () => {
  test.skipIf(lacks !== null)(
    `installs and traces${unless(lacks)}`,
    async () => {
      // A root of its own: rpm's database knows nothing of this machine's packages.
      const commands = `mkdir -p /tmp/root && rpm --root /tmp/root --initdb
rpm --root /tmp/root --nodeps --nosignature --install /mnt/*.x86_64.rpm
rpm --root /tmp/root --verify --nodeps irqtrace
/tmp/root/usr/bin/irqtrace --version
exec /tmp/root/usr/bin/irqtrace softirqs 200ms 1`;
      const { exitCode, stdout, stderr } = await runInThrowawayRoot(folder, commands);
      expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^softirq /m) });
      expect(stdout).toStartWith(release.version);
    },
    LIMIT_MS,
  );
});
