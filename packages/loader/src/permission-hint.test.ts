import { expect, test } from "bun:test";
import type { HostFacts } from "./host-facts.ts";
import { permissionHint } from "./permission-hint.ts";

const FACTS: HostFacts = {
  kernelRelease: "6.1.0",
  capabilities: ["CAP_SYS_ADMIN", "CAP_PERFMON", "CAP_BPF"],
  isInitialUserNamespace: true,
  lockdown: "none",
  hasSeccompFilter: false,
  unprivilegedBpfDisabled: 2,
  hasBpfStatistics: false,
  lockedMemoryBytes: 65536,
};

test("missing capabilities are named, with the setting that makes them needed", () => {
  expect(permissionHint({ ...FACTS, capabilities: [] })).toBe(
    "This process lacks CAP_BPF and CAP_PERFMON (kernel.unprivileged_bpf_disabled is 2, so BPF needs them): run it as root or give it these capabilities.",
  );
});

test("where unprivileged BPF is allowed the setting is not blamed", () => {
  const hint = permissionHint({ ...FACTS, capabilities: [], unprivilegedBpfDisabled: 0 });
  expect(hint).toStartWith("This process lacks CAP_BPF and CAP_PERFMON: run it as root");
});

test("missing capabilities come before everything else", () => {
  const hint = permissionHint({ ...FACTS, capabilities: [], lockdown: "integrity", hasSeccompFilter: true });
  expect(hint).toContain("CAP_BPF");
});

test("lockdown is blamed only in the mode that keeps programs from reading", () => {
  expect(permissionHint({ ...FACTS, lockdown: "confidentiality" })).toContain("locked down (confidentiality)");
  expect(permissionHint({ ...FACTS, lockdown: "integrity" })).toBe(permissionHint(FACTS));
});

test("a user namespace of its own explains it", () => {
  expect(permissionHint({ ...FACTS, isInitialUserNamespace: false })).toContain("user namespace");
});

test("a seccomp filter is suspected", () => {
  expect(permissionHint({ ...FACTS, hasSeccompFilter: true })).toContain("seccomp");
});

test("locked memory is suspected on kernels that charge BPF to it, unless it is unlimited", () => {
  expect(permissionHint({ ...FACTS, kernelRelease: "5.10.0" })).toContain("ulimit -l");
  const unlimited = { ...FACTS, kernelRelease: "5.10.0", lockedMemoryBytes: Number.POSITIVE_INFINITY };
  expect(permissionHint(unlimited)).not.toContain("ulimit");
});

test("otherwise what is left is said", () => {
  expect(permissionHint(FACTS)).toContain("security module");
});

test("what cannot be found out is not blamed", () => {
  const hidden: HostFacts = {
    kernelRelease: "6.1.0",
    capabilities: null,
    isInitialUserNamespace: null,
    lockdown: null,
    hasSeccompFilter: null,
    unprivilegedBpfDisabled: null,
    hasBpfStatistics: null,
    lockedMemoryBytes: null,
  };
  expect(permissionHint(hidden)).toContain("security module");
});
