/** A stock Debian kernel that checks are run on inside an emulated machine. */
export interface GuestKernel {
  /** What IRQTRACE_VM and boot.ts call it. */
  readonly id: string;
  readonly architecture: Architecture;
  readonly suite: string;
  /** The package whose dependencies lead to the suite's current kernel of this kind. */
  readonly metapackage: string;
  /** How `uname -r` of the suite's kernel starts; "" where the suite moves on by itself. */
  readonly releasePrefix: string;
  /** Of a kernel that only some cases are for. */
  readonly isOutsideMatrix?: true;
}

export type Architecture = "amd64" | "arm64";

/** Guests of another architecture than the machine's need programs of theirs. */
export const THIS_ARCHITECTURE: Architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** The oldest kernel supported, what the stable suites have, real-time preemption, and the newest; then the same on arm64. */
export const GUEST_KERNELS: readonly GuestKernel[] = [
  {
    id: "5.10",
    architecture: "amd64",
    suite: "bullseye",
    metapackage: "linux-image-cloud-amd64",
    releasePrefix: "5.10.",
  },
  {
    id: "6.1",
    architecture: "amd64",
    suite: "bookworm",
    metapackage: "linux-image-cloud-amd64",
    releasePrefix: "6.1.",
  },
  {
    id: "6.1-rt",
    architecture: "amd64",
    suite: "bookworm",
    metapackage: "linux-image-rt-amd64",
    releasePrefix: "6.1.",
  },
  {
    id: "6.12",
    architecture: "amd64",
    suite: "trixie",
    metapackage: "linux-image-cloud-amd64",
    releasePrefix: "6.12.",
  },
  {
    id: "newest",
    architecture: "amd64",
    suite: "sid",
    metapackage: "linux-image-cloud-amd64",
    releasePrefix: "",
  },
  {
    id: "newest-rt",
    architecture: "amd64",
    suite: "sid",
    metapackage: "linux-image-rt-amd64",
    releasePrefix: "",
  },
  {
    id: "5.10-rt",
    architecture: "amd64",
    suite: "bullseye",
    metapackage: "linux-image-rt-amd64",
    releasePrefix: "5.10.",
    isOutsideMatrix: true,
  },
  {
    id: "6.1-arm64",
    architecture: "arm64",
    suite: "bookworm",
    metapackage: "linux-image-cloud-arm64",
    releasePrefix: "6.1.",
  },
  {
    id: "6.12-arm64",
    architecture: "arm64",
    suite: "trixie",
    metapackage: "linux-image-cloud-arm64",
    releasePrefix: "6.12.",
  },
  {
    id: "newest-arm64",
    architecture: "arm64",
    suite: "sid",
    metapackage: "linux-image-cloud-arm64",
    releasePrefix: "",
  },
];

/** Those that the matrix runs in and that results are recorded of. */
export const MATRIX_KERNELS: readonly GuestKernel[] = GUEST_KERNELS.filter((kernel) => kernel.isOutsideMatrix !== true);

const DEFAULT_SELECTION = "6.1";

/**
 * Turns the value of IRQTRACE_VM into kernels: "default" (or nothing) is one kernel, "all" every one, "none" none, anything else a
 * comma-separated list of ids. Throws a RangeError for an id that is not in the table.
 */
export function selectKernels(selection: string | undefined): readonly GuestKernel[] {
  const wanted = selection === undefined || selection === "" || selection === "default" ? DEFAULT_SELECTION : selection;
  if (wanted === "all") return GUEST_KERNELS;
  if (wanted === "none") return [];
  return wanted.split(",").map((id) => kernelById(id.trim()));
}

export function kernelById(id: string): GuestKernel {
  const kernel = GUEST_KERNELS.find((candidate) => candidate.id === id);
  if (kernel === undefined) {
    const known = GUEST_KERNELS.map((candidate) => candidate.id).join(", ");
    throw new RangeError(`No guest kernel is called "${id}". Known: ${known}.`);
  }
  return kernel;
}
