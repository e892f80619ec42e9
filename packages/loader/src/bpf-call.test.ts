import { describe, expect, test } from "bun:test";
import { UnsupportedPlatformError } from "./errors.ts";
import { libbpf } from "./libbpf-info.ts";
import { missingCapabilities } from "./missing-capabilities.ts";

const MODULE = JSON.stringify(Bun.fileURLToPath(new URL("./bpf-call.ts", import.meta.url)));
const BPF_CALL_NUMBER = process.arch === "arm64" ? 280 : 321;
const ENOSYS = 38;
const EPERM = 1;

// A classic BPF program of four instructions (linux/filter.h), installed for this thread: one system call gets an error,
// all others pass.
const FILTER = (errno: number): string => `
  const { dlopen, ptr } = await import("bun:ffi");
  const libc = dlopen("libc.so.6", { prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" } });
  const instructions = new DataView(new ArrayBuffer(32));
  [[0x20, 0, 0, 0], [0x15, 0, 1, ${BPF_CALL_NUMBER}], [0x06, 0, 0, ${0x50000 | errno}], [0x06, 0, 0, 0x7fff0000]].forEach(
    ([code, whenTrue, whenFalse, constant], index) => {
      instructions.setUint16(index * 8, code, true);
      instructions.setUint8(index * 8 + 2, whenTrue);
      instructions.setUint8(index * 8 + 3, whenFalse);
      instructions.setUint32(index * 8 + 4, constant, true);
    },
  );
  const program = new BigUint64Array(new ArrayBuffer(16));
  program[0] = 4n;
  program[1] = BigInt(ptr(instructions));
  if (libc.symbols.prctl(38, 1, 0, 0, 0) !== 0) throw new Error("no_new_privs was refused");
  if (libc.symbols.prctl(22, 2, ptr(program), 0, 0) !== 0) throw new Error("the filter was refused");
`;

function whyNoFilter(): string | null {
  if (process.platform !== "linux") return "needs Linux";
  try {
    libbpf();
    return null;
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return "needs libbpf";
    throw error;
  }
}

const lack = whyNoFilter();
const named = (sentence: string): string => (lack === null ? sentence : `${sentence} (${lack})`);

/** What the probe says in a process of its own, which a filter cannot outlive. */
function probeAfter(prelude: string): string {
  const script = `${prelude}; const { probeBpfCall } = await import(${MODULE}); console.log(probeBpfCall());`;
  const child = Bun.spawnSync([process.execPath, "--eval", script], { stderr: "pipe" });
  expect(child.stderr.toString()).toBe("");
  return child.stdout.toString().trim();
}

describe("the system call bpf", () => {
  test.skipIf(lack !== null)(named("answers a process that no filter holds"), () => {
    // Without capabilities some kernels refuse every command.
    expect(missingCapabilities().length === 0 ? ["answers"] : ["answers", "EPERM"]).toContain(probeAfter(""));
  });

  test.skipIf(lack !== null)(named("is refused by a filter with the filter's own error"), () => {
    expect(probeAfter(FILTER(EPERM))).toBe("EPERM");
    expect(probeAfter(FILTER(ENOSYS))).toBe("ENOSYS");
  });
});
