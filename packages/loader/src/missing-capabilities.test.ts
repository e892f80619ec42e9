import { describe, expect, test } from "bun:test";
import { missingFrom } from "./missing-capabilities.ts";

const CAP_SYS_ADMIN = 1n << 21n;
const CAP_PERFMON = 1n << 38n;
const CAP_BPF = 1n << 39n;

const status = (effective: bigint): string =>
  `Name:\tbun\nCapInh:\t0000000000000000\nCapPrm:\t000001ffffffffff\nCapEff:\t${effective.toString(16).padStart(16, "0")}\nCapBnd:\t000001ffffffffff\n`;

describe("what is missing", () => {
  const cases: readonly (readonly [
    what: string,
    effective: bigint,
    isBefore58: boolean,
    missing: readonly string[],
  ])[] = [
    ["nothing for root", 0x1ff_ffff_ffffn, false, []],
    ["nothing with CAP_BPF and CAP_PERFMON", CAP_BPF | CAP_PERFMON, false, []],
    ["nothing with CAP_SYS_ADMIN", CAP_SYS_ADMIN, false, []],
    ["both for nobody", 0n, false, ["CAP_BPF", "CAP_PERFMON"]],
    ["CAP_PERFMON with CAP_BPF alone", CAP_BPF, false, ["CAP_PERFMON"]],
    ["CAP_BPF with CAP_PERFMON alone", CAP_PERFMON, false, ["CAP_BPF"]],
    ["CAP_SYS_ADMIN on kernels that know nothing else", CAP_BPF | CAP_PERFMON, true, ["CAP_SYS_ADMIN"]],
    ["nothing with CAP_SYS_ADMIN on such kernels", CAP_SYS_ADMIN, true, []],
  ];
  test.each(cases)("%s", (_what, effective, isBefore58, missing) => {
    expect(missingFrom(status(effective), isBefore58)).toEqual([...missing]);
  });

  test("cannot be told from a status without the line", () => {
    expect(() => missingFrom("Name:\tbun\n", false)).toThrow("has no CapEff line");
  });
});
