import { type HostFacts, hostFacts } from "./host-facts.ts";
import { isKernelBefore } from "./kernel-release.ts";
import { missingFrom } from "./missing-capabilities.ts";

/** Says what to do about EPERM and EACCES, by what this process and this kernel are. */
export function permissionHint(facts: HostFacts = hostFacts()): string {
  const missing = missingFrom(facts);
  if (missing.length > 0)
    return `This process lacks ${missing.join(" and ")}${because(facts)}: run it as root or give it these capabilities.`;
  if (facts.lockdown === "confidentiality") {
    return "The kernel is locked down (confidentiality), which keeps programs from reading its memory: boot it with lockdown=integrity or without lockdown.";
  }
  if (facts.isInitialUserNamespace === false) {
    return "This process is in a user namespace of its own, where capabilities do not count for BPF: run it outside.";
  }
  if (facts.hasSeccompFilter === true) {
    return "A seccomp filter, as containers have, may forbid the bpf system call: run outside of it or allow bpf and perf_event_open.";
  }
  if (isKernelBefore("5.11", facts.kernelRelease) && facts.lockedMemoryBytes !== Number.POSITIVE_INFINITY) {
    return "BPF memory counts as locked memory on this kernel: raise the limit with ulimit -l unlimited.";
  }
  return "This process has the capabilities: a security module or how this kernel was built forbids it.";
}

function because({ unprivilegedBpfDisabled }: HostFacts): string {
  if (unprivilegedBpfDisabled === null || unprivilegedBpfDisabled === 0) return "";
  return ` (kernel.unprivileged_bpf_disabled is ${unprivilegedBpfDisabled}, so BPF needs them)`;
}
