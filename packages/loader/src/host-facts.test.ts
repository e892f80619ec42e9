import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { capabilityNames } from "./capability-names.ts";
import { hostFacts, hostFactsFrom } from "./host-facts.ts";

const CAPABILITY_HEADER = "/usr/include/linux/capability.h";

const FILES: Readonly<Record<string, string>> = {
  "/proc/self/status": "Name:\tbun\nCapEff:\t000000c000000000\nSeccomp:\t2\nSeccomp_filters:\t1\n",
  "/proc/self/ns/user": "user:[4026531837]",
  "/sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
  "/proc/sys/kernel/unprivileged_bpf_disabled": "2\n",
  "/proc/sys/kernel/bpf_stats_enabled": "0\n",
  "/proc/self/limits":
    "Limit                     Soft Limit           Hard Limit           Units     \nMax locked memory         65536                unlimited            bytes     \n",
};

const facts = (changes: Readonly<Record<string, string | null>> = {}) =>
  hostFactsFrom("6.1.0-42-amd64", (path) => ({ ...FILES, ...changes })[path] ?? null);

describe("the facts of a host", () => {
  test("are what its files say", () => {
    expect(facts()).toEqual({
      kernelRelease: "6.1.0-42-amd64",
      capabilities: ["CAP_PERFMON", "CAP_BPF"],
      isInitialUserNamespace: true,
      lockdown: "integrity",
      hasSeccompFilter: true,
      unprivilegedBpfDisabled: 2,
      hasBpfStatistics: false,
      lockedMemoryBytes: 65536,
    });
  });

  test("are null where nothing can be read", () => {
    expect(hostFactsFrom("5.10.0", () => null)).toEqual({
      kernelRelease: "5.10.0",
      capabilities: null,
      isInitialUserNamespace: null,
      lockdown: null,
      hasSeccompFilter: null,
      unprivilegedBpfDisabled: null,
      hasBpfStatistics: null,
      lockedMemoryBytes: null,
    });
  });

  test("are null where a file says what nobody expects", () => {
    const odd = Object.fromEntries(Object.keys(FILES).map((path) => [path, "odd\n"]));
    const { isInitialUserNamespace, ...others } = facts(odd);
    expect(isInitialUserNamespace).toBe(false);
    const { kernelRelease: _, ...unknown } = others;
    for (const [name, value] of Object.entries(unknown)) expect([name, value]).toEqual([name, null]);
  });

  test.each(["none", "integrity", "confidentiality"] as const)("know the lockdown mode %s", (mode) => {
    const text = ["none", "integrity", "confidentiality"].map((one) => (one === mode ? `[${one}]` : one)).join(" ");
    expect(facts({ "/sys/kernel/security/lockdown": `${text}\n` }).lockdown).toBe(mode);
  });

  test("tell a user namespace, no filter, no limit and statistics", () => {
    expect(
      facts({
        "/proc/self/ns/user": "user:[4026532512]",
        "/proc/self/status": "CapEff:\t0000000000000000\nSeccomp:\t0\n",
        "/proc/self/limits": "Max locked memory         unlimited            unlimited            bytes     \n",
        "/proc/sys/kernel/bpf_stats_enabled": "1\n",
      }),
    ).toMatchObject({
      capabilities: [],
      isInitialUserNamespace: false,
      hasSeccompFilter: false,
      lockedMemoryBytes: Number.POSITIVE_INFINITY,
      hasBpfStatistics: true,
    });
  });

  test("of this host are those of its own tools", () => {
    const real = hostFacts();
    expect(real.kernelRelease).toBe(Bun.spawnSync(["uname", "-r"]).stdout.toString().trim());
    const limit = Bun.spawnSync(["sh", "-c", "ulimit -l"]).stdout.toString().trim();
    expect(real.lockedMemoryBytes).toBe(limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit) * 1024);
    const isPlainRoot = process.geteuid?.() === 0 && (real.capabilities ?? []).length > 30;
    expect(real.capabilities?.includes("CAP_SYS_ADMIN")).toBe(isPlainRoot);
  });
});

describe("the names of capabilities", () => {
  test("go by the kernel's numbers", () => {
    expect(capabilityNames(0n)).toEqual([]);
    expect(capabilityNames((1n << 0n) | (1n << 21n) | (1n << 34n) | (1n << 40n) | (1n << 63n))).toEqual([
      "CAP_CHOWN",
      "CAP_SYS_ADMIN",
      "CAP_SYSLOG",
      "CAP_CHECKPOINT_RESTORE",
      "CAP_63",
    ]);
  });

  const hasHeader = existsSync(CAPABILITY_HEADER);
  test.skipIf(!hasHeader)(`are all of linux/capability.h${hasHeader ? "" : " (needs linux-libc-dev)"}`, () => {
    const defined = readFileSync(CAPABILITY_HEADER, "utf8").matchAll(/^#define\s+(CAP_\w+)\s+(\d+)$/gm);
    const expected = Array.from(defined, ([, name]) => name);
    expect(expected.length).toBeGreaterThan(40);
    expect(capabilityNames((1n << BigInt(expected.length)) - 1n)).toEqual(expected as string[]);
  });
});
