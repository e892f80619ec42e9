// Numbers of asm-generic/errno.h, which x86_64 and arm64 share, and libbpf's own from bpf/libbpf.h.
const ERRORS: Readonly<Record<number, readonly [code: string, meaning: string]>> = {
  1: ["EPERM", "the kernel does not permit it"],
  2: ["ENOENT", "it does not exist"],
  3: ["ESRCH", "the kernel has nothing of that name"],
  4: ["EINTR", "a signal interrupted it"],
  5: ["EIO", "input or output failed"],
  7: ["E2BIG", "it is too large for this kernel"],
  9: ["EBADF", "the file descriptor is not open or of another kind"],
  11: ["EAGAIN", "the kernel was busy"],
  12: ["ENOMEM", "there is not enough memory"],
  13: ["EACCES", "access was denied"],
  14: ["EFAULT", "an address was not readable or writable"],
  16: ["EBUSY", "it is in use"],
  17: ["EEXIST", "it exists already"],
  19: ["ENODEV", "there is no such device"],
  20: ["ENOTDIR", "a part of the path is not a directory"],
  21: ["EISDIR", "it is a directory"],
  22: ["EINVAL", "an argument was not accepted"],
  24: ["EMFILE", "this process has too many open files"],
  26: ["ETXTBSY", "it is in use"],
  28: ["ENOSPC", "there is no space left"],
  30: ["EROFS", "the file system is read-only"],
  33: ["EDOM", "a value was out of its domain"],
  34: ["ERANGE", "a value was out of range"],
  36: ["ENAMETOOLONG", "the name is too long"],
  38: ["ENOSYS", "this kernel does not have the system call"],
  40: ["ELOOP", "there were too many levels of symbolic links"],
  61: ["ENODATA", "there is no data"],
  75: ["EOVERFLOW", "a value was too large"],
  84: ["EILSEQ", "the bytes were not as expected"],
  95: ["EOPNOTSUPP", "it is not supported"],
  110: ["ETIMEDOUT", "it took too long"],
  116: ["ESTALE", "it has gone"],
  125: ["ECANCELED", "it was cancelled"],
  524: ["ENOTSUPP", "this kernel does not support it"],
  4000: ["LIBBPF_LIBELF", "libelf could not be used"],
  4001: ["LIBBPF_FORMAT", "it is not a valid BPF object"],
  4002: ["LIBBPF_KVERSION", "the version section is wrong or missing"],
  4003: ["LIBBPF_ENDIAN", "it was built for the other byte order"],
  4004: ["LIBBPF_INTERNAL", "libbpf met an error of its own"],
  4005: ["LIBBPF_RELOC", "a relocation could not be applied"],
  4006: ["LIBBPF_LOAD", "a program could not be loaded"],
  4007: ["LIBBPF_VERIFY", "the kernel's verifier refused a program"],
  4008: ["LIBBPF_PROG2BIG", "a program is too large"],
  4009: ["LIBBPF_KVER", "the kernel version does not match"],
  4010: ["LIBBPF_PROGTYPE", "this kernel does not support the program type"],
  4011: ["LIBBPF_WRNGPID", "a netlink message came from another process"],
  4012: ["LIBBPF_INVSEQ", "a netlink message came out of order"],
  4013: ["LIBBPF_NLPARSE", "a netlink message could not be parsed"],
};

/** Positive error numbers that the code asks for by name. */
export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const E2BIG = 7;
export const EAGAIN = 11;
export const EACCES = 13;
export const EEXIST = 17;
export const EISDIR = 21;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EOPNOTSUPP = 95;
/** The kernel's own, which no libc names: batch operations of a map type without them return it. */
export const ENOTSUPP = 524;

/** The symbolic name of a positive error number: `EPERM`, `LIBBPF_FORMAT`; `ERRNO_n` for an unknown one. */
export function errnoCode(errno: number): string {
  return ERRORS[errno]?.[0] ?? `ERRNO_${errno}`;
}

/** What a positive error number means, as the end of a sentence. */
export function errnoMeaning(errno: number): string {
  return ERRORS[errno]?.[1] ?? `error ${errno}`;
}
