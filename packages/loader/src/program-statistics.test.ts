import { expect, test } from "bun:test";
import { UnsupportedKernelError } from "./errors.ts";
import type { HostFacts } from "./host-facts.ts";
import { explainRefusal } from "./program-statistics.ts";

const EPERM = 1;
const EINVAL = 22;
const FACTS: HostFacts = {
  kernelRelease: "6.1.0",
  capabilities: ["CAP_PERFMON", "CAP_BPF"],
  isInitialUserNamespace: true,
  lockdown: "none",
  hasSeccompFilter: false,
  unprivilegedBpfDisabled: 2,
  hasBpfStatistics: false,
  lockedMemoryBytes: 65536,
};
const refusal = (errno: number): { operation: string; what: string; errno: number } => ({
  operation: "switch on",
  what: "program statistics",
  errno,
});

test("what suffices for tracing does not for statistics, and the message says what does", () => {
  const error = explainRefusal(refusal(EPERM), FACTS);
  expect(error.code).toBe("EPERM");
  expect(error.message).toBe(
    'Cannot switch on "program statistics": the kernel does not permit it (EPERM). This process lacks CAP_SYS_ADMIN: run it as root or give it this capability.',
  );
});

test("with CAP_SYS_ADMIN the reason is another", () => {
  const capabilities = ["CAP_SYS_ADMIN"];
  expect(explainRefusal(refusal(EPERM), { ...FACTS, capabilities, hasSeccompFilter: true }).hint).toContain("seccomp");
  expect(explainRefusal(refusal(EPERM), { ...FACTS, capabilities: null }).hint).not.toContain("lacks");
});

test("a kernel that does not know the command is named with the first that does", () => {
  const error = explainRefusal(refusal(EINVAL), { ...FACTS, kernelRelease: "5.4.0-100-generic" });
  expect(error).toBeInstanceOf(UnsupportedKernelError);
  expect(error).toMatchObject({ feature: "BPF_ENABLE_STATS", minimumVersion: "5.8" });
  expect(error.message).toContain("kernel.bpf_stats_enabled alone");
});

test("other refusals are left as they are", () => {
  const error = explainRefusal(refusal(EINVAL), FACTS);
  expect(error).not.toBeInstanceOf(UnsupportedKernelError);
  expect(error.hint).toBeNull();
});
