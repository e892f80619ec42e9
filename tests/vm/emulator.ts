import type { Architecture } from "./kernels.ts";

/** How guests of an architecture are emulated. */
export interface Emulator {
  readonly program: string;
  /** The Debian package that has the program. */
  readonly debianPackage: string;
  readonly machine: readonly string[];
  /** The serial port that is the console. */
  readonly console: string;
  /**
   * A serial port besides the console whose output goes nowhere: the console's would interrupt whenever something is said. arm64's
   * machine has no second one, and of one on PCI the driver thinks now and then that its interrupts do not work.
   */
  readonly quietPort: QuietPort | null;
}

export interface QuietPort {
  readonly devices: readonly string[];
  readonly name: string;
}

export const EMULATORS: Readonly<Record<Architecture, Emulator>> = {
  amd64: {
    program: "qemu-system-x86_64",
    debianPackage: "qemu-system-x86",
    machine: [
      // With a thread per CPU the emulator mishandles the kernel's int3 text patching, which attaching to a tracepoint does.
      "-accel",
      "tcg,thread=single",
      "-cpu",
      // qemu 7.2 leaves garbage in RFLAGS after cmpxchg16b, which 6.12's allocator uses: one boot in three ended in an oops.
      "max,-cx16",
    ],
    console: "ttyS0",
    quietPort: { devices: ["-serial", "null"], name: "ttyS1" },
  },
  arm64: {
    program: "qemu-system-aarch64",
    debianPackage: "qemu-system-arm",
    // On qemu 7.2's "max", with one thread or several, code that Bun compiled crashes within a minute.
    machine: ["-M", "virt", "-accel", "tcg", "-cpu", "neoverse-n1"],
    console: "ttyAMA0",
    quietPort: null,
  },
};
