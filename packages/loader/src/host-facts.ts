import { readFileSync, readlinkSync } from "node:fs";
import { release } from "node:os";
import { capabilityNames } from "./capability-names.ts";
import { UnsupportedPlatformError } from "./errors.ts";

/**
 * What decides on this machine and in this process whether BPF programs can be loaded. Whatever may be hidden from a
 * process (in a container, for instance) is `null` where it cannot be found out.
 *
 * @example
 * ```ts
 * import type { HostFacts } from "@irqtrace/loader";
 *
 * const canReadKernelMemory = ({ lockdown }: HostFacts): boolean => lockdown !== "confidentiality";
 * console.log(typeof canReadKernelMemory); // function
 * ```
 */
export interface HostFacts {
  /** As `uname -r` prints it. */
  readonly kernelRelease: string;
  /** Effective capabilities: `CAP_BPF`, … */
  readonly capabilities: readonly string[] | null;
  /** False where capabilities do not count for BPF, since they hold within a user namespace alone. */
  readonly isInitialUserNamespace: boolean | null;
  /** Source: /sys/kernel/security/lockdown. */
  readonly lockdown: "none" | "integrity" | "confidentiality" | null;
  /** Whether a seccomp filter decides on this process's system calls. */
  readonly hasSeccompFilter: boolean | null;
  /** kernel.unprivileged_bpf_disabled: 0, 1 or 2. */
  readonly unprivilegedBpfDisabled: number | null;
  /** kernel.bpf_stats_enabled. */
  readonly hasBpfStatistics: boolean | null;
  /** Soft limit of locked memory in bytes, `Infinity` for none; counts BPF memory on kernels before 5.11. */
  readonly lockedMemoryBytes: number | null;
}

/** Gives a file's text or a symbolic link's target; `null` if it cannot. */
export type HostReader = (path: string) => string | null;

/** Not there, or not for this process: all the same to who asks. */
const UNREADABLE: readonly unknown[] = ["ENOENT", "EACCES", "EPERM", "ENOTDIR", "EINVAL"];

/** Of the first user namespace (source: PROC_USER_INIT_INO of linux/proc_ns.h). */
const INITIAL_USER_NAMESPACE = "user:[4026531837]";

const LOCKDOWN_MODES = ["none", "integrity", "confidentiality"] as const;

/**
 * Reads what decides whether BPF programs can be loaded here. It needs no privileges and changes nothing.
 *
 * @throws {@link UnsupportedPlatformError} outside Linux
 *
 * @example
 * ```ts
 * // kernel
 * import { hostFacts } from "@irqtrace/loader";
 *
 * const { kernelRelease, lockdown } = hostFacts();
 * console.log(kernelRelease, lockdown ?? "unknown");
 * ```
 */
export function hostFacts(): HostFacts {
  if (process.platform !== "linux") {
    throw new UnsupportedPlatformError(
      `Cannot use BPF on "${process.platform}": it is a part of Linux. Run on a Linux machine.`,
    );
  }
  return hostFactsFrom(release(), (path) =>
    path.startsWith("/proc/self/ns/") ? orNull(() => readlinkSync(path)) : orNull(() => readFileSync(path, "utf8")),
  );
}

/** The pure part: what the files say. */
export function hostFactsFrom(kernelRelease: string, read: HostReader): HostFacts {
  const status = read("/proc/self/status") ?? "";
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  const seccomp = /^Seccomp:\s*(\d)$/m.exec(status)?.[1];
  const namespace = read("/proc/self/ns/user");
  const lockdown = /\[(\w+)\]/.exec(read("/sys/kernel/security/lockdown") ?? "")?.[1];
  const statistics = numberIn(read("/proc/sys/kernel/bpf_stats_enabled"));
  return {
    kernelRelease,
    capabilities: effective === undefined ? null : capabilityNames(BigInt(`0x${effective}`)),
    isInitialUserNamespace: namespace === null ? null : namespace === INITIAL_USER_NAMESPACE,
    lockdown: LOCKDOWN_MODES.find((mode) => mode === lockdown) ?? null,
    hasSeccompFilter: seccomp === undefined ? null : seccomp === "2",
    unprivilegedBpfDisabled: numberIn(read("/proc/sys/kernel/unprivileged_bpf_disabled")),
    hasBpfStatistics: statistics === null ? null : statistics !== 0,
    lockedMemoryBytes: lockedMemoryBytes(read("/proc/self/limits") ?? ""),
  };
}

function lockedMemoryBytes(limits: string): number | null {
  const soft = /^Max locked memory\s+(\d+|unlimited)\s/m.exec(limits)?.[1];
  if (soft === undefined) return null;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

function numberIn(text: string | null): number | null {
  return text !== null && /^\d+\s*$/.test(text) ? Number(text) : null;
}

function orNull(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && UNREADABLE.includes(error.code)) return null;
    throw error;
  }
}
