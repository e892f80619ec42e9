/** What a .deb and an .rpm install, laid out as it will lie on the machine. */
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
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

/** Lays an executable out with its unit and its licences. */
export function layOutPackage(repository: string, release: StagedRelease, executable: string, tree: string): void {
  rmSync(tree, { recursive: true, force: true });
  const folders = ["usr/bin", "usr/lib/systemd/system", "usr/share/doc/irqtrace"];
  for (const folder of folders) mkdirSync(join(tree, folder), { recursive: true });
  linkSync(executable, join(tree, "usr/bin/irqtrace"));
  chmodSync(join(tree, "usr/bin/irqtrace"), 0o755);
  const unit = "irqtrace@.service";
  copyFileSync(join(repository, "packaging", unit), join(tree, "usr/lib/systemd/system", unit));
  chmodSync(join(tree, "usr/lib/systemd/system", unit), 0o644);
  writeFileSync(join(tree, "usr/share/doc/irqtrace/copyright"), licences(repository, release), { mode: 0o644 });
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
