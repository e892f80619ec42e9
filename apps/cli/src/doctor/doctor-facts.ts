import type { HostFacts, LibbpfInfo } from "@irqtrace/loader";
import type { Flavour } from "../invocation.ts";
import type { TraceCommandName } from "../trace-commands.ts";

/** What the doctor found, before any opinion of it. */
export interface DoctorFacts {
  readonly bunVersion: string;
  readonly platform: string;
  /** Null anywhere else. */
  readonly linux: LinuxFacts | null;
}

export interface LinuxFacts {
  readonly host: HostFacts;
  readonly hasKernelBtf: boolean;
  readonly tracepoints: readonly TracepointFacts[];
  readonly missingCapabilities: readonly string[];
  /** Where cgroup v2 is mounted. */
  readonly cgroupMounts: readonly string[];
  /** The libbpf in use, or why there is none; null where it was not looked for, since this Bun is too old to call it. */
  readonly libbpf: LibbpfInfo | { readonly problem: string } | null;
  /** "answers", or the code of the error that bpf(2) came back with; null without a libbpf to call it. */
  readonly bpfCall: string | null;
  /** Empty where nothing was tried, for want of capabilities, libbpf or a right Bun. */
  readonly trials: readonly Trial[];
}

export interface TracepointFacts {
  readonly name: string;
  /** Described by the kernel's BTF, as tp_btf programs need it. */
  readonly isTyped: boolean;
  /** Open to raw_tp programs; null where the kernel does not tell. */
  readonly isRaw: boolean | null;
  /** Of a class that kernels may lack: without it that class has fewer rows, or none. */
  readonly class?: string;
}

/** What came of loading and attaching a command's programs. */
export interface Trial {
  readonly command: TraceCommandName;
  readonly flavour: Flavour;
  /** Why it failed; null where it worked. */
  readonly error: string | null;
  /** Whether the kernel counts recursion misses; null where it did not come so far. */
  readonly countsRecursion: boolean | null;
}
