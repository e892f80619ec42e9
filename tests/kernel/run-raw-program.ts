import { dlopen, ptr } from "bun:ffi";

const SYS_BPF = process.arch === "arm64" ? 280 : 321;
const BPF_PROG_TEST_RUN = 10;
const BPF_F_TEST_RUN_ON_CPU = 1;
/** Bytes of the part of union bpf_attr that this command uses, and where its fields lie. */
const ATTRIBUTE_BYTES = 80;
const OFFSETS = { programFd: 0, contextSize: 40, context: 48, flags: 64, cpu: 68 } as const;

const { symbols: libc } = dlopen("libc.so.6", { syscall: { args: ["i64", "i32", "ptr", "u32"], returns: "i64" } });

/**
 * Runs a loaded raw_tp program once, on a CPU, as if its tracepoint had fired there with these arguments: events that
 * no device of this machine gives.
 */
export function runRawProgram(programFd: number, tracepointArguments: readonly bigint[], cpu: number): void {
  const context = new BigUint64Array(new ArrayBuffer(8 * tracepointArguments.length));
  context.set(tracepointArguments);
  const attribute = new DataView(new ArrayBuffer(ATTRIBUTE_BYTES));
  attribute.setUint32(OFFSETS.programFd, programFd, true);
  attribute.setUint32(OFFSETS.contextSize, context.byteLength, true);
  attribute.setBigUint64(OFFSETS.context, BigInt(ptr(context)), true);
  attribute.setUint32(OFFSETS.flags, BPF_F_TEST_RUN_ON_CPU, true);
  attribute.setUint32(OFFSETS.cpu, cpu, true);
  // SAFETY: both buffers outlive the call, and the kernel reads no more of them than the sizes given.
  const result = libc.syscall(SYS_BPF, BPF_PROG_TEST_RUN, ptr(attribute), ATTRIBUTE_BYTES);
  if (result !== 0n) throw new Error(`Cannot run the program on CPU ${cpu}.`);
}
