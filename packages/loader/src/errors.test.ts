import { expect, test } from "bun:test";
import { BpfError, UnsupportedKernelError, VerifierError } from "./errors.ts";

const DETAILS = { operation: "load", what: "tool", errno: 22 };

test("messages say what could not be done, why, and what to do", () => {
  expect(new BpfError(DETAILS).message).toBe('Cannot load "tool": an argument was not accepted (EINVAL).');
  expect(new BpfError({ ...DETAILS, why: "it is too old", hint: "Use a newer one." }).message).toBe(
    'Cannot load "tool": it is too old. Use a newer one.',
  );
});

test("what libbpf said first stands in for advice that nobody has", () => {
  const libbpfLog = ["libbpf: sec 'x': corrupted", "libbpf: failed to load object 'tool'"];
  const start = 'Cannot load "tool": an argument was not accepted (EINVAL).';
  expect(new BpfError({ ...DETAILS, libbpfLog }).message).toBe(`${start} libbpf says: sec 'x': corrupted`);
  expect(new BpfError({ ...DETAILS, libbpfLog, hint: "Mend it." }).message).toBe(`${start} Mend it.`);
});

test("numbers of the kernel and of libbpf have their names", () => {
  const codes = [1, 22, 524, 4001, 9999].map((errno) => new BpfError({ ...DETAILS, errno }).code);
  expect(codes).toEqual(["EPERM", "EINVAL", "ENOTSUPP", "LIBBPF_FORMAT", "ERRNO_9999"]);
});

test("what is not known is empty", () => {
  expect(new BpfError(DETAILS)).toMatchObject({ operation: "load", errno: 22, libbpfLog: [], hint: null });
});

test("the kernel's refusals can be caught together or apart", () => {
  const verifier = new VerifierError({ ...DETAILS, program: "p", summary: "s", log: "l", truncated: false });
  const kernel = new UnsupportedKernelError({ ...DETAILS, feature: "f", minimumVersion: "5.8" });
  expect([verifier instanceof BpfError, kernel instanceof BpfError]).toEqual([true, true]);
  expect([verifier.name, kernel.name]).toEqual(["VerifierError", "UnsupportedKernelError"]);
  expect(verifier).toMatchObject({ program: "p", summary: "s", log: "l", truncated: false });
  expect(kernel).toMatchObject({ feature: "f", minimumVersion: "5.8" });
});
