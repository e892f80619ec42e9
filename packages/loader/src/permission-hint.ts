import { existsSync, readFileSync } from "node:fs";
import { isKernelBefore } from "./kernel-release.ts";
import { missingFrom } from "./missing-capabilities.ts";

const STATUS_PATH = "/proc/self/status";
const LOCKDOWN_PATH = "/sys/kernel/security/lockdown";
const UNPRIVILEGED_PATH = "/proc/sys/kernel/unprivileged_bpf_disabled";

/** What may explain that the kernel does not permit an operation. */
export interface PermissionFacts {
  /** /proc/self/status; empty where it cannot be read. */
  readonly status: string;
  /** /sys/kernel/security/lockdown, if there is one: `none [integrity] confidentiality`. */
  readonly lockdown: string;
  /** kernel.unprivileged_bpf_disabled, if there is such a setting. */
  readonly unprivilegedBpfDisabled: string;
  /** Before CAP_BPF and CAP_PERFMON. */
  readonly isBeforeCapBpf: boolean;
  /** Before BPF memory was charged to cgroups instead of RLIMIT_MEMLOCK. */
  readonly chargesMemlock: boolean;
}

/** Says what to do about EPERM and EACCES, by what this process and this kernel are. */
export function permissionHint(facts: PermissionFacts = readPermissionFacts()): string {
  const missing = facts.status === "" ? [] : missingFrom(facts.status, facts.isBeforeCapBpf);
  if (missing.length > 0) {
    const setting = facts.unprivilegedBpfDisabled.trim();
    const unprivileged =
      setting === "" || setting === "0" ? "" : ` (kernel.unprivileged_bpf_disabled is ${setting}, so BPF needs them)`;
    return `This process lacks ${missing.join(" and ")}${unprivileged}: run it as root or give it these capabilities.`;
  }
  const lockdown = /\[(integrity|confidentiality)\]/.exec(facts.lockdown)?.[1];
  if (lockdown !== undefined) {
    return `The kernel is locked down (${lockdown}), which keeps programs from reading its memory: boot it without lockdown.`;
  }
  if (/^Seccomp:\s*2$/m.test(facts.status)) {
    return "A seccomp filter, as containers have, may forbid the bpf system call: run outside of it or allow bpf and perf_event_open.";
  }
  if (facts.chargesMemlock)
    return "BPF memory counts as locked memory on this kernel: raise the limit with ulimit -l unlimited.";
  return "This process has the capabilities: a security module, a user namespace or how this kernel was built forbids it.";
}

function readPermissionFacts(): PermissionFacts {
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");
  return {
    status: read(STATUS_PATH),
    lockdown: read(LOCKDOWN_PATH),
    unprivilegedBpfDisabled: read(UNPRIVILEGED_PATH),
    isBeforeCapBpf: isKernelBefore("5.8"),
    chargesMemlock: isKernelBefore("5.11"),
  };
}
