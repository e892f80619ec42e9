/** Names by bit (source: linux/capability.h), without their prefix. */
const NAMES: readonly string[] = [
  ...["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID"],
  ...["SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK"],
  ...["IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT"],
  ...["SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL"],
  ...["SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON"],
  ...["BPF", "CHECKPOINT_RESTORE"],
];

/** The names of the capabilities in a set, ascending by number; `CAP_63` for one that has no name here. */
export function capabilityNames(set: bigint): string[] {
  const numbers = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (set & (1n << BigInt(bit))) !== 0n);
  return numbers.map((bit) => `CAP_${NAMES[bit] ?? bit}`);
}
