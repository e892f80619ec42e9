import { checkNumber } from "./check.ts";
import { EINVAL } from "./errno-table.ts";
import { BpfError, type BpfErrorDetails, UnsupportedKernelError } from "./errors.ts";
import { type HostFacts, hostFacts } from "./host-facts.ts";
import { isKernelBefore } from "./kernel-release.ts";
import { nativeCalls } from "./native-calls.ts";
import { permissionHint } from "./permission-hint.ts";

/** The only kind there is (enum bpf_stats_type of linux/bpf.h). */
const BPF_STATS_RUN_TIME = 0;
const FIRST_KERNEL = "5.8";
const REFUSED: readonly string[] = ["EPERM", "EACCES"];

/**
 * Makes the kernel measure how often programs run and for how long, until it is disposed of or this process ends. The
 * numbers are those of `program.statistics()`. It holds for all programs of the machine, and leaves
 * kernel.bpf_stats_enabled as it is. Source: the command BPF_ENABLE_STATS of bpf(2), which needs CAP_SYS_ADMIN.
 *
 * Each run then costs two readings of a clock more, of which `runTimeNs` holds about one. It also holds whatever
 * interrupts the program: a program of softirqs can be interrupted by devices, and then seems to cost more than it does.
 *
 * @throws {@link BpfError} with the code `EPERM` and a hint if the kernel does not permit it
 * @throws {@link UnsupportedKernelError} before kernel 5.8
 * @throws {@link UnsupportedPlatformError} where there is no BPF
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { enableStatistics, openObject } from "@irqtrace/loader";
 *
 * using loaded = openObject(softirqsObject(), undefined, { name: "softirqs" }).load();
 * using _statistics = enableStatistics();
 * using _link = loaded.attach({ only: ["softirq_count_raw_tp"] });
 * await Bun.sleep(100);
 * const { runTimeNs, runCount } = loaded.program("softirq_count_raw_tp").statistics();
 * console.log(runTimeNs / runCount); // ns a run
 * ```
 */
export function enableStatistics(): Disposable {
  const outcome = nativeCalls().run((functions) => functions.bpf_enable_stats(BPF_STATS_RUN_TIME));
  let fd = checkNumber(outcome, { operation: "switch on", what: "program statistics", explain });
  return {
    [Symbol.dispose]: () => {
      if (fd < 0) return;
      const closing = fd;
      fd = -1;
      checkNumber(
        nativeCalls().run((functions) => functions.close(closing)),
        { operation: "switch off", what: "program statistics" },
      );
    },
  };
}

const explain = (details: BpfErrorDetails): BpfError => explainRefusal(details, hostFacts());

/** The pure part: what a refusal means on such a host. */
export function explainRefusal(details: BpfErrorDetails, facts: HostFacts): BpfError {
  // An unknown command is an invalid argument.
  if (details.errno === EINVAL && isKernelBefore(FIRST_KERNEL, facts.kernelRelease)) {
    return new UnsupportedKernelError({
      ...details,
      why: `kernel ${facts.kernelRelease} has them in the sysctl kernel.bpf_stats_enabled alone`,
      feature: "BPF_ENABLE_STATS",
      minimumVersion: FIRST_KERNEL,
    });
  }
  const plain = new BpfError(details);
  return REFUSED.includes(plain.code) ? new BpfError({ ...details, hint: hintFor(facts) }) : plain;
}

/** Unlike loading and attaching it needs CAP_SYS_ADMIN itself. */
function hintFor(facts: HostFacts): string {
  const { capabilities } = facts;
  return capabilities === null || capabilities.includes("CAP_SYS_ADMIN")
    ? permissionHint(facts)
    : "This process lacks CAP_SYS_ADMIN: run it as root or give it this capability.";
}
