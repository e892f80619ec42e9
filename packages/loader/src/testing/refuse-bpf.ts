/**
 * Runs a command below a seccomp filter that answers bpf(2) with an error, as containers' filters do:
 * `bun refuse-bpf.ts ERRNO COMMAND...`. Ends with the command's exit code.
 */
import { dlopen, ptr } from "bun:ffi";

const BPF_CALL_NUMBER = process.arch === "arm64" ? 280 : 321;

// linux/prctl.h, linux/seccomp.h, linux/filter.h
const PR_SET_SECCOMP = 22;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_MODE_FILTER = 2;
const SECCOMP_RET_ERRNO = 0x5_0000;
const SECCOMP_RET_ALLOW = 0x7fff_0000;
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const INSTRUCTION_BYTES = 8;

type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, constant: number];

const [errno, ...command] = process.argv.slice(2);
const instructions: readonly Instruction[] = [
  [LOAD_WORD, 0, 0, 0],
  [JUMP_IF_EQUAL, 0, 1, BPF_CALL_NUMBER],
  [RETURN, 0, 0, SECCOMP_RET_ERRNO | Number(errno)],
  [RETURN, 0, 0, SECCOMP_RET_ALLOW],
];

const bytes = new DataView(new ArrayBuffer(instructions.length * INSTRUCTION_BYTES));
for (const [index, [code, whenTrue, whenFalse, constant]] of instructions.entries()) {
  bytes.setUint16(index * INSTRUCTION_BYTES, code, true);
  bytes.setUint8(index * INSTRUCTION_BYTES + 2, whenTrue);
  bytes.setUint8(index * INSTRUCTION_BYTES + 3, whenFalse);
  bytes.setUint32(index * INSTRUCTION_BYTES + 4, constant, true);
}
// struct sock_fprog: the number of instructions, and where they are.
const program = new BigUint64Array([BigInt(instructions.length), BigInt(ptr(bytes))]);

const libc = dlopen("libc.so.6", { prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" } });
if (libc.symbols.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) !== 0) throw new Error("no_new_privs was refused");
// SAFETY: the kernel copies program and instructions, which this module keeps, before prctl returns.
if (libc.symbols.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ptr(program), 0, 0) !== 0)
  throw new Error("the filter was refused");

// The filter holds this thread and what it starts.
const child = Bun.spawnSync([...command], { stdin: "ignore", stdout: "inherit", stderr: "inherit" });
process.exit(child.exitCode);
