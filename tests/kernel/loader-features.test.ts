import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { hasTracepointBtf, kernelHasBtf, missingCapabilities, possibleCpus } from "@irqtrace/loader";

test("the kernel's BTF is where it is looked for", () => {
  expect(kernelHasBtf()).toBe(existsSync("/sys/kernel/btf/vmlinux"));
});

test("tracepoints are found by their whole name alone", () => {
  expect(kernelHasBtf()).toBe(true);
  for (const name of ["irq_handler_entry", "irq_handler_exit", "softirq_entry", "softirq_exit", "sched_switch"]) {
    expect(hasTracepointBtf(name)).toBe(true);
  }
  for (const name of ["no_such_tracepoint", "handler_entry", "irq_handler", "softirq_entr", "", "a\0b"]) {
    expect(hasTracepointBtf(name)).toBe(false);
  }
});

test("the same tracepoints are found as bpftool lists in the same BTF", () => {
  const { stdout } = Bun.spawnSync(["bpftool", "btf", "dump", "file", "/sys/kernel/btf/vmlinux"]);
  const listed = [...stdout.toString().matchAll(/TYPEDEF 'btf_trace_(\w+)'/g)].map(([, name]) => name ?? "");
  expect(listed.length).toBeGreaterThan(100);
  expect(listed.filter((name) => !hasTracepointBtf(name))).toEqual([]);
});

test("possible CPUs are those that the kernel lists", () => {
  expect(possibleCpus().length).toBeGreaterThanOrEqual(navigator.hardwareConcurrency);
  expect(readFileSync("/sys/devices/system/cpu/possible", "utf8")).toStartWith(`${possibleCpus()[0]}`);
});

test("root lacks no capabilities", () => {
  expect(missingCapabilities()).toEqual([]);
});
