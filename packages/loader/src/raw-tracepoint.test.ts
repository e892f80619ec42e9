import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { hasRawTracepoint, rawTracepointIn } from "./raw-tracepoint.ts";

const SYMBOLS = `0000000000000000 T _stext
0000000000000000 T __traceiter_softirq_entry
0000000000000000 t __bpf_trace_softirq
0000000000000000 T __traceiter_module_load	[loader]
0000000000000000 d __tracepoint_irq_handler_exit
`;

describe("a tracepoint that programs attach to raw", () => {
  test("is one that the kernel or a module calls", () => {
    expect(rawTracepointIn(SYMBOLS, "softirq_entry")).toBe(true);
    expect(rawTracepointIn(SYMBOLS, "irq_handler_exit")).toBe(true);
    expect(rawTracepointIn(SYMBOLS, "module_load")).toBe(true);
  });

  test("is none of another name, also not of a part of one", () => {
    for (const name of ["softirq", "softirq_entry_x", "entry", "softirq.entry"]) {
      expect([name, rawTracepointIn(SYMBOLS, name)]).toEqual([name, false]);
    }
  });

  test("is none in a kernel without BPF events", () => {
    expect(rawTracepointIn(SYMBOLS.replace("__bpf_trace_softirq", "other"), "softirq_entry")).toBe(false);
  });

  test("cannot be told without the kernel's symbols", () => {
    expect(rawTracepointIn("", "softirq_entry")).toBeNull();
    expect(rawTracepointIn(SYMBOLS.replace(/__trace(iter|point)_/g, "other_"), "softirq_entry")).toBeNull();
  });

  test("is there for this kernel's own softirqs, wherever it tells", () => {
    const tells = readFileSync("/proc/kallsyms", "latin1").includes(" T ");
    expect(hasRawTracepoint("softirq_entry")).toBe(tells ? true : null);
    expect(hasRawTracepoint("no_such_tracepoint")).toBe(tells ? false : null);
  });
});
