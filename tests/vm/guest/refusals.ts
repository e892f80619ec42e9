/** What irqtrace says where it may not or cannot trace; the parameter is the kernel's lockdown mode, "none" or another. */
import { equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { release } from "node:os";
import { bpfInventory, expectNothingLeft } from "./bpf-inventory.ts";
import { type Check, reportChecks } from "./report.ts";

const IRQTRACE = "/irqtrace/apps/cli/bin/irqtrace";
const CAP_SYS_RESOURCE = "24";
const SMALL_LIMIT = "65536";

interface Expected {
  readonly code: number;
  /** On stderr; for a trace that works, on stdout. */
  readonly says: RegExp;
}

/** Runs a short trace under restrictions; whatever it says, nothing stays in the kernel. */
async function trace(restrictions: readonly string[], { code, says }: Expected, kind = "softirqs"): Promise<string> {
  const before = bpfInventory();
  const own = ["bun", "--no-install", "tests/vm/guest/confined.ts", ...restrictions, "--"];
  const child = Bun.spawn([...(restrictions.length === 0 ? [] : own), IRQTRACE, kind, "0.3", "1", "--json"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  equal(await child.exited, code, `the exit code; ${stderr}`);
  match(code === 0 ? stdout : stderr, says);
  ok(code === 0 || stdout === "", `on stdout: ${stdout}`);
  await expectNothingLeft(before);
  return `exit code ${code}: ${(code === 0 ? "a report" : stderr.trim()).replaceAll("\n", " ")}`;
}

const WORKS: Expected = { code: 0, says: /"schema":"irqtrace\.\w+\/1"/ };
const isOldMemoryAccounting = release().startsWith("5.10.");

async function withoutBtf(): Promise<string> {
  equal(Bun.spawnSync(["mount", "-t", "tmpfs", "tmpfs", "/sys/kernel/btf"]).exitCode, 0);
  try {
    const told = await trace([], { code: 4, says: /BTF/ }, "hardirqs");
    // These programs look into none of the kernel's structures.
    return `${told}; softirqs: ${await trace([], WORKS, "softirqs")}`;
  } finally {
    equal(Bun.spawnSync(["umount", "/sys/kernel/btf"]).exitCode, 0);
  }
}

const CAPABILITIES: Expected = { code: 3, says: /CAP_BPF and CAP_PERFMON/ };

const UNLOCKED: readonly Check[] = [
  { name: "root traces", run: () => trace([], WORKS) },
  { name: "root without capabilities is told which ones", run: () => trace(["--drop", "all"], CAPABILITIES) },
  {
    name: "a user is told the capabilities and the command, with unprivileged BPF disabled or not",
    run: async () => {
      const told = await trace(["--user", "1000"], { code: 3, says: /sudo .*irqtrace.* softirqs/ });
      writeFileSync("/proc/sys/kernel/unprivileged_bpf_disabled", "1");
      return `${told}; ${await trace(["--user", "1000"], CAPABILITIES)}`;
    },
  },
  {
    name: "a seccomp filter that refuses bpf() is named",
    run: () => trace(["--seccomp"], { code: 3, says: /seccomp/ }),
  },
  { name: "a kernel without BTF is named where it is needed", run: withoutBtf },
  {
    name: "root raises a small limit of locked memory",
    run: () => trace(["--memlock", SMALL_LIMIT], WORKS, "hardirqs"),
  },
  {
    name: "a small limit of locked memory that cannot be raised is named where it counts",
    run: () =>
      trace(
        ["--memlock", SMALL_LIMIT, "--drop", CAP_SYS_RESOURCE],
        isOldMemoryAccounting ? { code: 3, says: /ulimit -l/ } : WORKS,
        "hardirqs",
      ),
  },
];

const LOCKED: Readonly<Record<string, readonly Check[]>> = {
  none: UNLOCKED,
  integrity: [{ name: "lockdown=integrity lets root trace", run: () => trace([], WORKS) }],
  confidentiality: [
    {
      name: "lockdown=confidentiality is named",
      run: () => trace([], { code: 4, says: /lockdown|locked down/ }, "hardirqs"),
    },
    {
      name: "lockdown=confidentiality lets root trace softirqs, whose programs read none of the kernel's memory",
      run: () => trace([], WORKS, "softirqs"),
    },
  ],
};

await reportChecks(LOCKED[process.argv[2] ?? ""] ?? []);
