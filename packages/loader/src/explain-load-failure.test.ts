import { expect, test } from "bun:test";
import type { ObjectSchema } from "@irqtrace/decode";
import { BpfError, type BpfErrorDetails, UnsupportedKernelError, VerifierError } from "./errors.ts";
import { explainLoadFailure } from "./explain-load-failure.ts";
import { type HostFacts, hostFactsFrom } from "./host-facts.ts";

const SCHEMA: ObjectSchema = {
  name: "tool",
  programs: {
    typed: { section: "tp_btf/no_such" },
    probe: { section: "fentry/no_such" },
    odd: { section: "odd/thing" },
  },
  maps: {
    open_end: { kind: "hash", maxEntries: 0, key: "u32", value: "u32" },
    sized: { kind: "hash", maxEntries: 8, key: "u32", value: "u32" },
  },
  sections: {},
};

function explain(errno: number, libbpfLog: readonly string[], verifierLog = ""): BpfError {
  const details: BpfErrorDetails = { operation: "load", what: "tool", errno, libbpfLog };
  return explainLoadFailure(details, { schema: SCHEMA, verifierLog });
}

test("a tracepoint that the kernel's BTF lacks is a missing feature", () => {
  const error = explain(3, ["libbpf: prog 'typed': failed to find kernel BTF type ID of 'no_such': -3"]);
  expect(error).toBeInstanceOf(UnsupportedKernelError);
  expect(error).toMatchObject({ feature: "BTF of the tracepoint no_such", minimumVersion: null, code: "ESRCH" });
  expect(error.message).toBe(
    'Cannot load "typed": this kernel has no BTF of the tracepoint no_such. Leave it out with configure({ programs: { typed: false } }).',
  );
});

test("a function that the kernel's BTF lacks is one too", () => {
  const error = explain(3, ["libbpf: prog 'probe': failed to find kernel BTF type ID of 'no_such': -3"]);
  expect(error).toMatchObject({ feature: "BTF of the function no_such" });
});

test("a kernel without BTF is told from one without the tracepoint", () => {
  const error = explain(3, ["libbpf: failed to find valid kernel BTF", "libbpf: Error loading vmlinux BTF: -3"]);
  expect(error).toBeInstanceOf(UnsupportedKernelError);
  expect(error).toMatchObject({ feature: "kernel BTF", minimumVersion: "5.4" });
});

test("a map without a size is told to be given one", () => {
  const error = explain(22, ["libbpf: map 'open_end': failed to create: Invalid argument(-22)"]);
  expect(error.message).toBe(
    'Cannot create the map "open_end": an argument was not accepted (EINVAL). The object leaves its size open: give it one with configure({ maxEntries: { open_end: … } }).',
  );
});

test("a map that fails for another reason is named", () => {
  const error = explain(12, ["libbpf: map 'sized': failed to create: Cannot allocate memory(-12)"]);
  expect(error.message).toBe(
    `Cannot create the map "sized": there is not enough memory (ENOMEM). libbpf says: map 'sized': failed to create: Cannot allocate memory(-12)`,
  );
});

test("a check that signals interrupted is no refusal, however far the verifier's log goes", () => {
  const error = explain(
    11,
    ["libbpf: prog 'typed': BPF program load failed: -EAGAIN"],
    "450: (61) r1 = *(u32 *)(r0 +0)\n",
  );
  expect(error).not.toBeInstanceOf(VerifierError);
  expect(error).toMatchObject({ code: "EAGAIN" });
  expect(error.message).toBe(
    'Cannot load the program "typed": signals interrupted the kernel\'s check of it each time (EAGAIN). Try again, without a profiler or timer that sends this process signals.',
  );
});

test("a program that the verifier refused has its reason and its log", () => {
  const log = "0: (85) call unknown#1\ninvalid func unknown#1\nprocessed 1 insns\n";
  const error = explain(22, ["libbpf: prog 'typed': BPF program load failed: Invalid argument"], log);
  expect(error).toBeInstanceOf(VerifierError);
  expect(error).toMatchObject({ program: "typed", summary: "invalid func unknown#1", log, truncated: false });
  expect(error.message).toContain("the kernel's verifier refused it: invalid func unknown#1.");
});

test("a log that did not fit is said to be cut", () => {
  const error = explain(28, ["libbpf: prog 'typed': BPF program load failed: No space left on device"], "the end");
  expect(error).toMatchObject({ truncated: true });
});

test("a program that is not permitted has a hint", () => {
  const error = explain(1, ["libbpf: prog 'typed': BPF program load failed: Operation not permitted"]);
  expect(error).not.toBeInstanceOf(VerifierError);
  expect(error.message).toStartWith('Cannot load the program "typed": the kernel does not permit it (EPERM).');
  expect(error.hint).not.toBeNull();
});

test("a section that libbpf does not know is named", () => {
  const error = explain(22, ["libbpf: prog 'odd': missing BPF prog type, check ELF section name 'odd/thing'"]);
  expect(error.message).toContain('libbpf does not know the section "odd/thing"');
});

test("what nobody explained keeps its number and libbpf's words", () => {
  const error = explain(7, ["libbpf: something new"]);
  expect(error.constructor).toBe(BpfError);
  expect(error).toMatchObject({ code: "E2BIG", libbpfLog: ["libbpf: something new"], hint: null });
});

test.each(["unknown func bpf_probe_read_kernel#113", "program of this type cannot use helper bpf_probe_read#4"])(
  "a locked-down kernel's refusal is told from other refusals: %s",
  (summary) => {
    const details: BpfErrorDetails = {
      operation: "load",
      what: "tool",
      errno: 22,
      libbpfLog: ["libbpf: prog 'typed': BPF program load failed: Invalid argument"],
    };
    const facts = hostFactsFrom("6.12.0", (path) =>
      path === "/sys/kernel/security/lockdown" ? "none integrity [confidentiality]\n" : null,
    );
    const explained = (lockdown: HostFacts["lockdown"]): BpfError =>
      explainLoadFailure(details, { schema: SCHEMA, verifierLog: `${summary}\n`, facts: { ...facts, lockdown } });
    expect(explained("confidentiality")).toBeInstanceOf(UnsupportedKernelError);
    expect(explained("confidentiality").message).toContain("the kernel is locked down (confidentiality)");
    expect(explained("integrity")).toBeInstanceOf(VerifierError);
  },
);
