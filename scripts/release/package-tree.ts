/** What a .deb and an .rpm install, laid out as it will lie on the machine. */
import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { StagedRelease } from "./stage-release.ts";

/** Packages are built for these; an executable for musl belongs to distributions that have packages of other kinds. */
export interface PackageTarget {
  /** Of the executable in EXECUTABLE_TARGETS. */
  readonly executable: string;
  readonly debArchitecture: string;
  readonly rpmArchitecture: string;
}

export const PACKAGE_TARGETS: readonly PackageTarget[] = [
  // Packages do not ask which processor a machine has: this one runs on all of them.
  { executable: "linux-x64-baseline", debArchitecture: "amd64", rpmArchitecture: "x86_64" },
  { executable: "linux-arm64", debArchitecture: "arm64", rpmArchitecture: "aarch64" },
];

/** Where Debian's zsh and that of all others look for the completions of packages. */
const ZSH_FOLDERS = { deb: "vendor-completions", rpm: "site-functions" } as const;

export const PACKAGE_KINDS = ["deb", "rpm"] as const;

/** Lays an executable out with its unit, manual page, completions and licences. */
export function layOutPackage(
  repository: string,
  release: StagedRelease,
  executable: string,
  kind: keyof typeof ZSH_FOLDERS,
  tree: string,
): void {
  const built = (path: string): Uint8Array => readFileSync(join(release.folder, "tree/apps/cli/dist", path));
  const files: Readonly<Record<string, string | Uint8Array>> = {
    "usr/lib/systemd/system/irqtrace@.service": readFileSync(join(repository, "packaging/irqtrace@.service")),
    "usr/share/doc/irqtrace/copyright": licences(repository, release),
    "usr/share/man/man1/irqtrace.1.gz": gzipSync(built("man/irqtrace.1"), { level: 9 }),
    "usr/share/bash-completion/completions/irqtrace": built("completions/irqtrace.bash"),
    "usr/share/fish/vendor_completions.d/irqtrace.fish": built("completions/irqtrace.fish"),
    [`usr/share/zsh/${ZSH_FOLDERS[kind]}/_irqtrace`]: built("completions/_irqtrace"),
  };
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, "usr/bin"), { recursive: true });
  linkSync(executable, join(tree, "usr/bin/irqtrace"));
  chmodSync(join(tree, "usr/bin/irqtrace"), 0o755);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content, { mode: 0o644 });
  }
}

/** Every licence of what is in the executable, one after the other. */
function licences(repository: string, release: StagedRelease): string {
  const sources = join(release.folder, "tree");
  const folders = ["packages/bpf-objects/LICENSES", "packages/libbpf/LICENSES"];
  const files = [
    "LICENSE",
    "apps/cli/dist/THIRD-PARTY-LICENSES.txt",
    "packages/libbpf/NOTICES.md",
    ...folders.flatMap((folder) => readdirSync(join(sources, folder)).map((name) => join(folder, name))),
  ];
  const note = readFileSync(join(repository, "packaging/copyright-note.txt"), "utf8");
  const texts = files.map((file) => `${file}\n\n${readFileSync(join(sources, file), "utf8").trim()}\n`);
  return [note, ...texts].join(`\n${"-".repeat(78)}\n\n`);
}
