import { describe, expect, test } from "bun:test";
import { hostFactsFrom } from "./host-facts.ts";
import { missingFrom } from "./missing-capabilities.ts";

const CAP_SYS_ADMIN = 1n << 21n;
const CAP_PERFMON = 1n << 38n;
const CAP_BPF = 1n << 39n;

function missing(effective: bigint, kernelRelease: string): readonly string[] {
  const status = `Name:\tbun\nCapEff:\t${effective.toString(16).padStart(16, "0")}\n`;
  return missingFrom(hostFactsFrom(kernelRelease, (path) => (path === "/proc/self/status" ? status : null)));
}

describe("what is missing", () => {
  const cases: readonly (readonly [what: string, effective: bigint, release: string, missing: readonly string[]])[] = [
    ["nothing for root", 0x1ff_ffff_ffffn, "6.1.0", []],
    ["nothing with CAP_BPF and CAP_PERFMON", CAP_BPF | CAP_PERFMON, "5.8.0-1-amd64", []],
    ["nothing with CAP_SYS_ADMIN", CAP_SYS_ADMIN, "6.1.0", []],
    ["both for nobody", 0n, "6.1.0", ["CAP_BPF", "CAP_PERFMON"]],
    ["CAP_PERFMON with CAP_BPF alone", CAP_BPF, "5.10.0", ["CAP_PERFMON"]],
    ["CAP_BPF with CAP_PERFMON alone", CAP_PERFMON, "10.0.0", ["CAP_BPF"]],
    ["CAP_SYS_ADMIN on kernels that know nothing else", CAP_BPF | CAP_PERFMON, "5.7.19", ["CAP_SYS_ADMIN"]],
    ["nothing with CAP_SYS_ADMIN on such kernels", CAP_SYS_ADMIN, "4.19.0", []],
  ];
  test.each(cases)("%s", (_what, effective, release, expected) => {
    expect(missing(effective, release)).toEqual([...expected]);
  });

  test("cannot be told, and is not claimed, where the capabilities are hidden", () => {
    expect(missingFrom(hostFactsFrom("6.1.0", () => null))).toEqual([]);
  });
});
