import { errnoCode } from "./errno-table.ts";
import { scratch } from "./ffi.ts";
import { nativeCalls, startOf } from "./native-calls.ts";

const NO_DESCRIPTOR = -1;
const INFO_BYTES = 8;
const REFUSALS: readonly string[] = ["EPERM", "EACCES", "ENOSYS"];

/**
 * Whether the system call bpf(2) gets through to the kernel, and past seccomp filters. It asks about a descriptor that
 * cannot exist, and so changes nothing.
 *
 * @returns `"answers"`, or the code of the error that came instead: `EPERM` from a filter or, without capabilities, from
 *   kernels whose kernel.unprivileged_bpf_disabled covers every command; `ENOSYS` from a filter or a kernel without it
 * @throws {@link UnsupportedPlatformError} if there is no libbpf to call it with
 *
 * @example
 * ```ts
 * // kernel
 * import { probeBpfCall } from "@irqtrace/loader";
 *
 * console.log(probeBpfCall()); // answers
 * ```
 */
export function probeBpfCall(): string {
  const info = scratch(INFO_BYTES);
  const length = new Uint32Array(new ArrayBuffer(4));
  length[0] = INFO_BYTES;
  // SAFETY: the kernel looks the descriptor up first, and writes to neither buffer once that fails; were it to succeed, it
  // would write at most the length given.
  const result = nativeCalls().functions.bpf_obj_get_info_by_fd(NO_DESCRIPTOR, startOf(info), startOf(length));
  // Any other error is the kernel's opinion of the descriptor: the call came through.
  const code = errnoCode(-result);
  return REFUSALS.includes(code) ? code : "answers";
}
