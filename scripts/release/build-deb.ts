import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runStep } from "./run-step.ts";

export interface PackageOptions {
  readonly repository: string;
  readonly version: string;
  /** As laid out by `layOutPackage`. */
  readonly tree: string;
  readonly architecture: string;
  /** Where the package goes. */
  readonly folder: string;
  /** The newest time that a file in the package may have, in seconds since 1970. */
  readonly sourceDate: string;
}

/** Builds a .deb by dpkg-deb, compressed so that dpkg of every Debian in use can read it. */
export async function buildDeb(options: PackageOptions): Promise<string> {
  const { repository, version, tree, architecture, folder, sourceDate } = options;
  const path = join(folder, `irqtrace_${version}_${architecture}.deb`);
  const [kib = ""] = (await runStep(["du", "-sk", "--apparent-size", tree], { cwd: folder })).split("\t");
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  writeFileSync(join(tree, "DEBIAN/control"), control(repository, version, architecture, kib));
  await runStep(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z6", "--build", tree, path], {
    cwd: folder,
    env: { SOURCE_DATE_EPOCH: sourceDate },
  });
  return path;
}

function control(repository: string, version: string, architecture: string, kib: string): string {
  const [summary = "", ...description] = readFileSync(join(repository, "packaging/description.txt"), "utf8")
    .trimEnd()
    .split("\n");
  return `Package: irqtrace
Version: ${version}
Architecture: ${architecture}
Maintainer: irqtrace contributors
Section: admin
Priority: optional
Depends: libc6 (>= 2.22)
Installed-Size: ${kib}
Description: ${summary}
${description.map((line) => ` ${line}`).join("\n")}
`;
}
