import { expect, test } from "bun:test";
import { type PermissionFacts, permissionHint } from "./permission-hint.ts";

const ROOT = "CapEff:\t000001ffffffffff\nSeccomp:\t0\n";
const NOBODY = "CapEff:\t0000000000000000\nSeccomp:\t0\n";
const FACTS: PermissionFacts = {
  status: ROOT,
  lockdown: "[none] integrity confidentiality\n",
  unprivilegedBpfDisabled: "2\n",
  isBeforeCapBpf: false,
  chargesMemlock: false,
};

test("missing capabilities are named, with the setting that makes them needed", () => {
  expect(permissionHint({ ...FACTS, status: NOBODY })).toBe(
    "This process lacks CAP_BPF and CAP_PERFMON (kernel.unprivileged_bpf_disabled is 2, so BPF needs them): run it as root or give it these capabilities.",
  );
});

test("where unprivileged BPF is allowed the setting is not blamed", () => {
  const hint = permissionHint({ ...FACTS, status: NOBODY, unprivilegedBpfDisabled: "0\n" });
  expect(hint).toStartWith("This process lacks CAP_BPF and CAP_PERFMON: run it as root");
});

test("missing capabilities come before lockdown", () => {
  const hint = permissionHint({ ...FACTS, status: NOBODY, lockdown: "none [integrity] confidentiality\n" });
  expect(hint).toContain("CAP_BPF");
});

test("lockdown is named by its mode", () => {
  const hint = permissionHint({ ...FACTS, lockdown: "none integrity [confidentiality]\n" });
  expect(hint).toContain("locked down (confidentiality)");
});

test("a seccomp filter is suspected", () => {
  expect(permissionHint({ ...FACTS, status: ROOT.replace("Seccomp:\t0", "Seccomp:\t2") })).toContain("seccomp");
});

test("locked memory is suspected on kernels that charge BPF to it", () => {
  expect(permissionHint({ ...FACTS, chargesMemlock: true })).toContain("ulimit -l");
});

test("otherwise what is left is said", () => {
  expect(permissionHint(FACTS)).toContain("security module");
});

test("a status that cannot be read blames no capability", () => {
  expect(permissionHint({ ...FACTS, status: "" })).not.toContain("CAP_");
});
