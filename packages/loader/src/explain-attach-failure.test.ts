import { expect, test } from "bun:test";
import { type BpfError, type BpfErrorDetails, UnsupportedKernelError } from "./errors.ts";
import { type AttachFacts, explainAttachFailure } from "./explain-attach-failure.ts";

const FACTS: AttachFacts = { hasTracefs: true, hasKprobes: true };

function explain(errno: number, line: string, facts: Partial<AttachFacts> = {}): BpfError {
  const libbpfLog = line === "" ? [] : [`libbpf: ${line}`];
  const details: BpfErrorDetails = { operation: "attach", what: "program", errno, libbpfLog };
  return explainAttachFailure(details, "section/of/it", { ...FACTS, ...facts });
}

const NO_TRACEPOINT = "failed to determine tracepoint 'block/none' perf event ID: No such file or directory";
const NO_KPROBE = "prog 'p': failed to create kprobe 'none+0x0' perf event: No such file or directory";

test("a tracepoint that the kernel lacks is a missing feature", () => {
  const error = explain(2, NO_TRACEPOINT);
  expect(error).toBeInstanceOf(UnsupportedKernelError);
  expect(error).toMatchObject({ feature: "tracepoint block:none", minimumVersion: null });
});

test("where tracefs is not mounted no tracepoint is said to be missing", () => {
  const error = explain(2, NO_TRACEPOINT, { hasTracefs: false });
  expect(error).not.toBeInstanceOf(UnsupportedKernelError);
  expect(error.hint).toBe("Mount it: mount -t tracefs tracefs /sys/kernel/tracing");
});

test("a raw tracepoint that the kernel lacks is a missing feature", () => {
  const error = explain(2, "prog 'p': failed to attach to raw tracepoint 'none': No such file or directory");
  expect(error).toMatchObject({ feature: "tracepoint none" });
});

test("a function to probe is told from a kernel without kprobes", () => {
  expect(explain(2, NO_KPROBE)).toMatchObject({ feature: "function none to probe" });
  expect(explain(2, NO_KPROBE, { hasKprobes: false })).toMatchObject({ feature: "kprobes (CONFIG_KPROBES)" });
});

test("a section that names no target is named", () => {
  for (const error of [
    explain(95, ""),
    explain(22, "prog 'p': section 'x' missing ':function[+offset]' specification"),
  ]) {
    expect(error.message).toContain('its section "section/of/it" does not say what to attach it to');
  }
});

test("what is not permitted has a hint", () => {
  expect(explain(1, "").hint).not.toBeNull();
});

test("what nobody explained keeps its number", () => {
  expect(explain(16, "busy")).toMatchObject({ code: "EBUSY", hint: null });
});
