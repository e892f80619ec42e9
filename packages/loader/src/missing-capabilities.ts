import { readFileSync } from "node:fs";
import { UnsupportedPlatformError } from "./errors.ts";
import { isKernelBefore } from "./kernel-release.ts";

// Bits of linux/capability.h.
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/**
 * The capabilities that this process lacks to load and attach tracing programs: of CAP_BPF and CAP_PERFMON, for which
 * CAP_SYS_ADMIN stands in; before kernel 5.8 CAP_SYS_ADMIN itself. Empty if nothing is missing.
 *
 * @throws {@link UnsupportedPlatformError} outside Linux
 *
 * @example
 * ```ts
 * // kernel
 * import { missingCapabilities } from "@irqtrace/loader";
 *
 * const missing = missingCapabilities();
 * if (missing.length > 0) console.error(`Needs ${missing.join(" and ")}.`);
 * ```
 */
export function missingCapabilities(): string[] {
  if (process.platform !== "linux") {
    throw new UnsupportedPlatformError(
      `Cannot use BPF on "${process.platform}": it is a part of Linux. Run on a Linux machine.`,
    );
  }
  return missingFrom(readFileSync("/proc/self/status", "utf8"), isKernelBefore("5.8"));
}

/** The pure part: what /proc/self/status says. */
export function missingFrom(status: string, isBeforeCapBpf: boolean): string[] {
  const match = /^CapEff:\s*([0-9a-f]+)$/m.exec(status);
  if (match?.[1] === undefined)
    throw new Error('Cannot read the capabilities: "/proc/self/status" has no CapEff line.');
  const effective = BigInt(`0x${match[1]}`);
  const has = (bit: bigint): boolean => (effective & (1n << bit)) !== 0n;
  if (has(CAP_SYS_ADMIN)) return [];
  if (isBeforeCapBpf) return ["CAP_SYS_ADMIN"];
  return [...(has(CAP_BPF) ? [] : ["CAP_BPF"]), ...(has(CAP_PERFMON) ? [] : ["CAP_PERFMON"])];
}
