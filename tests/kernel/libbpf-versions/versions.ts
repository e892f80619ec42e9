import { resolve } from "node:path";

/** A version of libbpf that a Debian suite has. */
export interface LibbpfVersion {
  /** Major and minor. */
  readonly version: string;
  readonly suite: string;
  /** The library and what it needs, the C library aside, in trees that are laid over one another. */
  readonly trees: readonly LibraryTree[];
  /** The C library that it was built for. An older one cannot load it; a newer one can. */
  readonly libc: LibraryTree & { readonly version: string };
}

/** Packages of one suite, unpacked together. */
export interface LibraryTree {
  /** Of its folder. */
  readonly name: string;
  readonly suite: string;
  readonly packages: readonly string[];
}

const BOOKWORM: LibraryTree = { name: "bookworm", suite: "bookworm", packages: ["libbpf1", "libelf1", "zlib1g"] };
const BOOKWORM_LIBC = { name: "bookworm-libc", suite: "bookworm", packages: ["libc6"], version: "2.36" };

/** From the oldest that the loader takes on: what the systems have that irqtrace is installed on. */
export const LIBBPF_VERSIONS: readonly LibbpfVersion[] = [
  { version: "1.1", suite: "bookworm", trees: [BOOKWORM], libc: BOOKWORM_LIBC },
  {
    version: "1.4",
    suite: "bookworm-backports",
    trees: [{ name: "bookworm-backports", suite: "bookworm-backports", packages: ["libbpf1"] }, BOOKWORM],
    libc: BOOKWORM_LIBC,
  },
  {
    version: "1.5",
    suite: "trixie",
    trees: [{ name: "trixie", suite: "trixie", packages: ["libbpf1", "libelf1t64", "zlib1g", "libzstd1"] }],
    libc: { name: "trixie-libc", suite: "trixie", packages: ["libc6"], version: "2.41" },
  },
];

/** The trees that a version takes on a machine with that C library, the one to lie on top first. */
export function treesOf({ trees, libc }: LibbpfVersion, glibcVersion: string): readonly LibraryTree[] {
  const [major = 0, minor = 0] = glibcVersion.split(".").map(Number);
  const [neededMajor = 0, neededMinor = 0] = libc.version.split(".").map(Number);
  const isNewEnough = major > neededMajor || (major === neededMajor && minor >= neededMinor);
  return isNewEnough ? trees : [libc, ...trees];
}

/** Where trees are kept between runs. */
export const STORE: string = resolve(import.meta.dirname, "../../../.cache/libbpf-versions");

/** Debian's name of the folder of this processor's libraries. */
export const MULTIARCH: string = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
