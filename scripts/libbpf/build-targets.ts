import type { LibbpfTarget } from "../../packages/libbpf/src/libbpf-target.ts";

/** How the tools and Debian call a target, and what it alone needs. */
export interface BuildTarget {
  /** For the compiler; also Debian's name of the folders that hold the target's own headers and libraries. */
  readonly triple: string;
  /** For the linker. */
  readonly emulation: string;
  readonly debianArchitecture: "amd64" | "arm64";
  readonly isMusl: boolean;
  /** Shared libraries to link with, in the sysroot's lib/<triple>. Only those that a symbol is taken from become needed. */
  readonly libraries: readonly string[];
  readonly compilerFlags: readonly string[];
  readonly linkerFlags: readonly string[];
}

// Not through libc.so, which is a linker script that would add libc_nonshared.a. The dynamic linker has __tls_get_addr and
// the guard of arm64's stack protector.
const GLIBC = { isMusl: false } as const;
// The whole name: asked for -lc, the linker might take pieces of libc.a without a word.
const MUSL = { isMusl: true } as const;
const X64 = { emulation: "elf_x86_64", debianArchitecture: "amd64" } as const;
const ARM64 = { emulation: "aarch64linux", debianArchitecture: "arm64" } as const;

// glibc's own checks of buffer sizes.
const FORTIFY = "-D_FORTIFY_SOURCE=2";
// The compiler's choice for arm64 would call functions of libgcc for atomics, which musl systems may not have.
const INLINE_ATOMICS = "-mno-outline-atomics";
const ARM64_ERRATUM = "--fix-cortex-a53-843419";

/** Every target of packages/libbpf. */
export const BUILD_TARGETS: Readonly<Record<LibbpfTarget, BuildTarget>> = {
  "linux-x64-glibc": {
    ...X64,
    ...GLIBC,
    triple: "x86_64-linux-gnu",
    libraries: ["libc.so.6", "ld-linux-x86-64.so.2"],
    compilerFlags: [FORTIFY],
    linkerFlags: [],
  },
  "linux-x64-musl": {
    ...X64,
    ...MUSL,
    triple: "x86_64-linux-musl",
    libraries: ["libc.so"],
    compilerFlags: [],
    linkerFlags: [],
  },
  "linux-arm64-glibc": {
    ...ARM64,
    ...GLIBC,
    triple: "aarch64-linux-gnu",
    libraries: ["libc.so.6", "ld-linux-aarch64.so.1"],
    compilerFlags: [INLINE_ATOMICS, FORTIFY],
    linkerFlags: [ARM64_ERRATUM],
  },
  "linux-arm64-musl": {
    ...ARM64,
    ...MUSL,
    triple: "aarch64-linux-musl",
    libraries: ["libc.so"],
    compilerFlags: [INLINE_ATOMICS],
    linkerFlags: [ARM64_ERRATUM],
  },
};
