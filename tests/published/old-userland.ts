/** The oldest userland that irqtrace is tried on: a Debian 11, as it is on machines with the oldest supported kernel. */
import { debianTree, whyNoDebian } from "./debian-tree.ts";

/** What its C library says of itself. */
export const OLD_GLIBC = "2.31";

// A shell, what the launchers call, and the libraries of these. Bun is not among them, nor libbpf, libelf or zlib.
const PACKAGES = [
  ...[
    "base-files",
    "libc6",
    "libc-bin",
    "libgcc-s1",
    "libcrypt1",
    "dash",
    "coreutils",
    "sed",
    "diffutils",
    "findutils",
  ],
  ...["libacl1", "libattr1", "libgmp10", "libpcre2-8-0", "libselinux1"],
];

/** A root file system, or why none can be had on this machine. */
export type OldUserland =
  | { readonly root: string; readonly lack: null }
  | { readonly root: null; readonly lack: string };

/** Its root file system, from the cache or from the mirror that the machine's apt uses. */
export async function oldUserland(): Promise<OldUserland> {
  const lack = process.arch === "x64" ? whyNoDebian() : "needs x86_64";
  if (lack !== null) return { root: null, lack };
  try {
    return { root: await debianTree("bullseye", "amd64", PACKAGES), lack: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // As it can stand in brackets in a test's name.
    return { root: null, lack: `needs Debian 11: ${reason.replaceAll(/[()]/g, "").replaceAll(/\s+/g, " ")}` };
  }
}
