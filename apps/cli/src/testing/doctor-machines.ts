import type { HostFacts } from "@irqtrace/loader";
import type { DoctorFacts, LinuxFacts, Trial } from "../doctor/doctor-facts.ts";
import { FLAVOURS } from "../invocation.ts";
import { TRACE_COMMAND_NAMES } from "../trace-commands.ts";

const MISSING_BTF = "this kernel has no BTF of its own, which the object needs";

const HOST: HostFacts = {
  kernelRelease: "6.12.48+deb13-amd64",
  capabilities: ["CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_SYSLOG", "CAP_PERFMON", "CAP_BPF"],
  isInitialUserNamespace: true,
  lockdown: "none",
  hasSeccompFilter: false,
  unprivilegedBpfDisabled: 2,
  hasBpfStatistics: false,
  lockedMemoryBytes: 8_388_608,
};

const TRACEPOINTS: readonly { readonly name: string; readonly class?: string }[] = [
  ...["irq_handler_entry", "irq_handler_exit", "softirq_entry", "softirq_exit"].map((name) => ({ name })),
  ...["local_timer_entry", "local_timer_exit"].map((name) => ({ name, class: "vector" })),
  { name: "nmi_handler", class: "nmi" },
];

/** Every trial with the same end. */
export function trialsWith(error: string | null, countsRecursion: boolean | null = true): readonly Trial[] {
  return TRACE_COMMAND_NAMES.flatMap((command) =>
    FLAVOURS.map((flavour) => ({ command, flavour, error, countsRecursion: error === null ? countsRecursion : null })),
  );
}

function tracepoints(isTyped: boolean, isRaw: boolean | null): LinuxFacts["tracepoints"] {
  return TRACEPOINTS.map((tracepoint) => ({ ...tracepoint, isTyped, isRaw }));
}

/** Facts of a machine on which all is well, but for what is changed. */
export function linuxMachine({ host, ...changes }: LinuxChanges = {}): DoctorFacts {
  const linux: LinuxFacts = {
    host: { ...HOST, ...host },
    hasKernelBtf: true,
    tracepoints: tracepoints(true, true),
    missingCapabilities: [],
    cgroupMounts: ["/sys/fs/cgroup"],
    libbpf: { path: "/usr/lib/x86_64-linux-gnu/libbpf.so.1.5.0", version: "1.5", source: "system" },
    bpfCall: "answers",
    trials: trialsWith(null),
    ...changes,
  };
  return { bunVersion: "1.4.5", platform: "linux", linux };
}

type LinuxChanges = Partial<Omit<LinuxFacts, "host">> & { readonly host?: Partial<HostFacts> };

const WITHOUT_CAPABILITIES: LinuxChanges = {
  host: { capabilities: [], lockdown: null },
  missingCapabilities: ["CAP_BPF", "CAP_PERFMON"],
  trials: [],
};

type MachineName =
  | "root"
  | "nobody"
  | "container"
  | "withoutBtf"
  | "lockedDown"
  | "oldKernel"
  | "filtered"
  | "userNamespace"
  | "withoutLibbpf"
  | "oldBun"
  | "hidden"
  | "mac";

/** Machines as doctors meet them. */
export const MACHINES: Readonly<Record<MachineName, DoctorFacts>> = {
  root: linuxMachine(),
  nobody: linuxMachine({
    ...WITHOUT_CAPABILITIES,
    libbpf: { path: "/opt/irqtrace/libbpf.so", version: "1.7", source: "bundled" },
  }),
  container: linuxMachine({
    ...WITHOUT_CAPABILITIES,
    host: { capabilities: ["CAP_CHOWN"], hasSeccompFilter: true },
    bpfCall: "EPERM",
  }),
  withoutBtf: linuxMachine({
    hasKernelBtf: false,
    tracepoints: tracepoints(false, true),
    trials: trialsWith(`Cannot load it: ${MISSING_BTF}.`).map((trial) =>
      trial.command === "softirqs" && trial.flavour === "raw_tp"
        ? { ...trial, error: null, countsRecursion: true }
        : trial,
    ),
  }),
  lockedDown: linuxMachine({
    host: { lockdown: "confidentiality" },
    trials: trialsWith(null).map((trial) =>
      trial.command === "hardirqs"
        ? {
            ...trial,
            error: "Cannot load it: the kernel's verifier refused it: cannot use helper.",
            countsRecursion: null,
          }
        : trial,
    ),
  }),
  oldKernel: linuxMachine({
    host: {
      kernelRelease: "5.4.0-216-generic",
      capabilities: ["CAP_SYS_ADMIN"],
      unprivilegedBpfDisabled: 0,
      lockedMemoryBytes: 65_536,
    },
    hasKernelBtf: false,
    tracepoints: tracepoints(false, null),
    cgroupMounts: [],
    trials: trialsWith("Cannot create the map: the kernel does not permit it."),
  }),
  filtered: linuxMachine({
    host: { hasSeccompFilter: true, hasBpfStatistics: true },
    bpfCall: "ENOSYS",
    trials: trialsWith("Cannot load it: this kernel does not have the system call (ENOSYS)."),
  }),
  userNamespace: linuxMachine({
    host: { isInitialUserNamespace: false },
    trials: trialsWith("Cannot load it: the kernel does not permit it (EPERM)."),
  }),
  withoutLibbpf: linuxMachine({
    libbpf: { problem: 'Cannot use "libbpf.so.1" as libbpf: there is no such file. Install libbpf 1.x.' },
    bpfCall: null,
    trials: [],
  }),
  oldBun: { ...linuxMachine({ libbpf: null, bpfCall: null, trials: [] }), bunVersion: "1.3.11" },
  hidden: linuxMachine({
    host: {
      kernelRelease: "linux",
      capabilities: null,
      isInitialUserNamespace: null,
      lockdown: null,
      hasSeccompFilter: null,
      unprivilegedBpfDisabled: null,
      hasBpfStatistics: null,
      lockedMemoryBytes: null,
    },
    tracepoints: tracepoints(true, null),
    trials: trialsWith("\u001b[31mrefused\u0007\u009b\u202e"),
  }),
  mac: { bunVersion: "1.4.5", platform: "darwin", linux: null },
};
