import { type HostFacts, hostFacts } from "./host-facts.ts";
import { isKernelBefore } from "./kernel-release.ts";

/**
 * The capabilities that this process lacks to load and attach tracing programs: of CAP_BPF and CAP_PERFMON, for which
 * CAP_SYS_ADMIN stands in; before kernel 5.8 CAP_SYS_ADMIN itself. Empty if nothing is missing, or if the process's
 * capabilities cannot be found out.
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
  return missingFrom(hostFacts());
}

/** The pure part: what a host's facts say. */
export function missingFrom({ capabilities, kernelRelease }: HostFacts): string[] {
  if (capabilities === null || capabilities.includes("CAP_SYS_ADMIN")) return [];
  const needed = isKernelBefore("5.8", kernelRelease) ? ["CAP_SYS_ADMIN"] : ["CAP_BPF", "CAP_PERFMON"];
  return needed.filter((capability) => !capabilities.includes(capability));
}
