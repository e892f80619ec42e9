import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { arch, release } from "node:os";

const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/** Why tests that load BPF programs cannot run here; null where they can. */
export function whyNoBpf(): string | null {
  if (process.platform !== "linux") return "needs Linux";
  const capabilities = effectiveCapabilities();
  const has = (capability: bigint): boolean => ((capabilities >> capability) & 1n) === 1n;
  if (!has(CAP_SYS_ADMIN) && !(has(CAP_BPF) && has(CAP_PERFMON))) return "needs root: sudo ./test";
  if (!existsSync("/sys/kernel/btf/vmlinux")) return "needs a kernel with BTF (/sys/kernel/btf/vmlinux)";
  return null;
}

function effectiveCapabilities(): bigint {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return BigInt(`0x${mask ?? "0"}`);
}

/** What of this machine may change a unit test's result, so that results are not replayed from the cache of another. */
export function machineFingerprint(): string {
  const calledBySudo = (process.env["SUDO_UID"] ?? "0") !== "0"; // then unit tests run as the user who called it
  const user = process.geteuid?.() === 0 && !calledBySudo ? "root" : "user";
  return [arch(), release(), user, ...SYSTEM_FILES.map(fileFingerprint)].join(" ");
}

/** Libraries and programs that unit tests use where they are installed. */
const SYSTEM_FILES = [
  "/usr/lib/x86_64-linux-gnu/libbpf.so.1",
  "/usr/lib/aarch64-linux-gnu/libbpf.so.1",
  "/usr/bin/clang-19",
  "/usr/sbin/bpftool",
  "/usr/bin/zsh",
  "/usr/bin/fish",
  "/usr/bin/man",
  "/usr/bin/shellcheck",
];

function fileFingerprint(path: string): string {
  if (!existsSync(path)) return "-";
  const file = realpathSync(path);
  return `${file}@${statSync(file).mtimeMs}`;
}
