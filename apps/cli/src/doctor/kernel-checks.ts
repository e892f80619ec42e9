import { type Check, fail, ok, type Patient, unknown, warn } from "./check.ts";
import type { LinuxFacts, TracepointFacts } from "./doctor-facts.ts";
import { isBefore, type KernelVersion } from "./kernel-version.ts";

const BTF_PATH = "/sys/kernel/btf/vmlinux";
const OLDEST_KERNEL: KernelVersion = [5, 10];
const COUNTS_RECURSION: KernelVersion = [5, 12];

/** What the kernel was built with and how it was set up. */
export function kernelChecks(patient: Patient): readonly Check[] {
  return [
    version(patient),
    btf(patient),
    ...patient.linux.tracepoints.map((tracepoint) => tracepointCheck(tracepoint)),
    lockdown(patient),
    unprivileged(patient),
    statistics(patient),
    recursion(patient),
  ];
}

function version({ kernel, linux }: Patient): Check {
  const { kernelRelease } = linux.host;
  const isTooOld = isBefore(kernel, OLDEST_KERNEL);
  if (isTooOld === null) return unknown("kernel", "kernel", `${kernelRelease}: its version cannot be read`);
  if (!isTooOld) return ok("kernel", "kernel", kernelRelease);
  const oldest = OLDEST_KERNEL.join(".");
  return fail("kernel", "kernel", `${kernelRelease}, older than ${oldest}`, `Boot Linux ${oldest} or later.`);
}

function btf({ linux }: Patient): Check {
  if (linux.hasKernelBtf) return ok("btf", "kernel BTF", BTF_PATH);
  return fail(
    "btf",
    "kernel BTF",
    `${BTF_PATH} is missing`,
    "Boot a kernel built with CONFIG_DEBUG_INFO_BTF=y, as those of distributions are since 2020; in a container, let it see /sys/kernel/btf.",
  );
}

function tracepointCheck({ name, isTyped, isRaw, class: only }: TracepointFacts): Check {
  const id = `tracepoint.${name}`;
  if (only !== undefined && !isTyped && !isRaw)
    return warn(id, name, `not in this kernel: what it would tell is not in class ${only}`, null);
  if (isTyped) return ok(id, name, isRaw ? "a tracepoint for tp_btf and raw_tp" : "a tracepoint for tp_btf");
  if (isRaw === null) return unknown(id, name, "no tracepoint for tp_btf; of raw_tp the kernel does not tell");
  if (isRaw) return warn(id, name, "a tracepoint for raw_tp alone: tp_btf needs the kernel's BTF", null);
  return fail(id, name, "no tracepoint for tp_btf or raw_tp", "Boot a kernel built with CONFIG_BPF_EVENTS=y.");
}

function lockdown({ linux }: Patient): Check {
  const [id, title] = ["lockdown", "lockdown"] as const;
  switch (linux.host.lockdown) {
    case "none":
      return ok(id, title, "none");
    case "integrity":
      return ok(id, title, "integrity, which lets programs read kernel memory");
    case "confidentiality":
      return fail(
        id,
        title,
        "confidentiality: programs may not read kernel memory, as hardirqs must to know a handler's name",
        "Boot with lockdown=integrity or without lockdown.",
      );
    case null:
      return readsKernelMemory(linux)
        ? ok(id, title, "not confidentiality, as the trial of hardirqs shows")
        : unknown(id, title, "not to be seen: /sys/kernel/security/lockdown is missing");
  }
}

function readsKernelMemory({ trials }: LinuxFacts): boolean {
  return trials.some(({ command, error }) => command === "hardirqs" && error === null);
}

/** Of no consequence for who has the capabilities, and tracing needs them whatever it is. */
function unprivileged({ linux }: Patient): Check {
  const [id, title] = ["unprivileged-bpf", "unprivileged bpf"] as const;
  const setting = linux.host.unprivilegedBpfDisabled;
  if (setting === null) return unknown(id, title, "not to be seen");
  const meaning = setting === 0 ? "allowed, but not for tracing" : "off: all of BPF takes capabilities";
  return ok(id, title, `${meaning} (kernel.unprivileged_bpf_disabled is ${setting})`);
}

function statistics({ linux }: Patient): Check {
  const [id, title] = ["bpf-stats", "bpf_stats"] as const;
  const isOn = linux.host.hasBpfStatistics;
  if (isOn === null) return unknown(id, title, "not to be seen");
  if (!isOn) return ok(id, title, "off");
  return warn(
    id,
    title,
    "on: the kernel times every run of a BPF program, which costs time itself",
    "Unless you measure programs: sysctl kernel.bpf_stats_enabled=0",
  );
}

function recursion({ kernel, linux }: Patient): Check {
  const [id, title] = ["recursion-misses", "recursion_misses"] as const;
  const tried = linux.trials.find(({ countsRecursion }) => countsRecursion !== null);
  const isTooOld = isBefore(kernel, COUNTS_RECURSION);
  const counts = tried?.countsRecursion ?? (isTooOld === null ? null : !isTooOld);
  if (counts === null) return unknown(id, title, "not to be told without a trial");
  if (counts) return ok(id, title, "counted");
  const since = COUNTS_RECURSION.join(".");
  return warn(id, title, `not counted: runs that the kernel leaves out are not told before ${since}`, null);
}
