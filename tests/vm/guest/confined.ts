/**
 * Gives up rights and becomes another program.
 *
 *   bun confined.ts [--seccomp] [--drop all|CAPABILITY-NUMBER] [--user UID] [--memlock BYTES] -- PROGRAM ARGUMENT...
 */
import { dlopen, ptr } from "bun:ffi";

const [PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER] = [24, 38, 22, 2];
const RLIMIT_MEMLOCK = 8;
const LAST_CAPABILITY = 40;
const LINUX_CAPABILITY_VERSION_3 = 0x20080522;
const SYSTEM_CALLS = process.arch === "arm64" ? { bpf: 280, capset: 91 } : { bpf: 321, capset: 126 };
const EPERM = 1;

const { symbols: libc } = dlopen("libc.so.6", {
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
  syscall: { args: ["i64", "ptr", "ptr"], returns: "i64" },
  setrlimit: { args: ["i32", "ptr"], returns: "i32" },
  setgid: { args: ["u32"], returns: "i32" },
  setuid: { args: ["u32"], returns: "i32" },
  execv: { args: ["ptr", "ptr"], returns: "i32" },
});

function check(result: number | bigint, what: string): void {
  if (Number(result) !== 0) throw new Error(`Cannot ${what}.`);
}

/** struct sock_filter: code, jump if true, jump if false, operand. */
function forbidBpf(): void {
  const [LoadWord, JumpIfEqual, Return] = [0x20, 0x15, 0x06];
  const [Errno, Allow] = [0x00050000 | EPERM, 0x7fff0000];
  const filter = [
    [LoadWord, 0, 0, 0],
    [JumpIfEqual, 0, 1, SYSTEM_CALLS.bpf],
    [Return, 0, 0, Errno],
    [Return, 0, 0, Allow],
  ] as const;
  const instructions = new DataView(new ArrayBuffer(8 * filter.length));
  for (const [index, [code, whenTrue, whenFalse, operand]] of filter.entries()) {
    instructions.setUint16(index * 8, code, true);
    instructions.setUint8(index * 8 + 2, whenTrue);
    instructions.setUint8(index * 8 + 3, whenFalse);
    instructions.setUint32(index * 8 + 4, operand, true);
  }
  // struct sock_fprog
  const program = new BigUint64Array(new ArrayBuffer(16));
  program[0] = BigInt(filter.length);
  program[1] = BigInt(ptr(instructions));
  check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up new privileges");
  // SAFETY: both buffers outlive the call, which copies them.
  check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ptr(program), 0, 0), "set the filter");
}

/** From the bounding set, so that the next program does not get them back, and from this thread's own sets. */
function dropCapabilities(dropped: (capability: number) => boolean): void {
  let kept = 0n;
  for (let capability = 0; capability <= LAST_CAPABILITY; capability++) {
    if (dropped(capability)) check(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), `drop capability ${capability}`);
    else kept |= 1n << BigInt(capability);
  }
  const header = new Uint32Array(new ArrayBuffer(8));
  header[0] = LINUX_CAPABILITY_VERSION_3;
  const [low, high] = [Number(kept & 0xffffffffn), Number(kept >> 32n)];
  const data = new Uint32Array(new ArrayBuffer(24));
  data.set([low, low, 0, high, high, 0]);
  // SAFETY: struct __user_cap_header_struct and two struct __user_cap_data_struct, which outlive the call.
  check(libc.syscall(SYSTEM_CALLS.capset, ptr(header), ptr(data)), "set the capabilities");
}

function limitLockedMemory(bytes: bigint): void {
  const limits = new BigUint64Array(new ArrayBuffer(16)).fill(bytes);
  // SAFETY: struct rlimit is two 64-bit numbers.
  check(libc.setrlimit(RLIMIT_MEMLOCK, ptr(limits)), "limit locked memory");
}

function become(command: readonly string[]): never {
  const words = command.map((word) => new TextEncoder().encode(`${word}\0`));
  const list = new BigUint64Array(new ArrayBuffer(8 * (words.length + 1)));
  for (const [index, word] of words.entries()) list[index] = BigInt(ptr(word));
  const [path] = words;
  if (path === undefined) throw new RangeError("No program is given.");
  // SAFETY: the strings and their list end with zeros and outlive this program.
  libc.execv(ptr(path), ptr(list));
  throw new Error(`Cannot run ${command[0]}.`);
}

const words = process.argv.slice(2);
const dashes = words.indexOf("--");
const options = words.slice(0, dashes);
const parameterOf = (option: string): string | undefined =>
  options.includes(option) ? options[options.indexOf(option) + 1] : undefined;

const memlock = parameterOf("--memlock");
if (memlock !== undefined) limitLockedMemory(BigInt(memlock));
const drop = parameterOf("--drop");
if (drop !== undefined) dropCapabilities((capability) => drop === "all" || String(capability) === drop);
const user = parameterOf("--user");
if (user !== undefined) {
  check(libc.setgid(Number(user)), "change the group");
  check(libc.setuid(Number(user)), "change the user");
}
if (options.includes("--seccomp")) forbidBpf();
become(words.slice(dashes + 1));
