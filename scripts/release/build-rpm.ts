import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { PackageOptions } from "./build-deb.ts";
import { runStep } from "./run-step.ts";

/** Builds an .rpm by rpmbuild. */
export async function buildRpm(options: PackageOptions): Promise<string> {
  const { repository, version, tree, architecture, folder, sourceDate } = options;
  const work = mkdtempSync(join(folder, "rpm-"));
  try {
    const defines = {
      _topdir: work,
      package_version: version,
      package_tree: tree,
      // Else it is the name of this machine.
      _buildhost: "irqtrace",
      use_source_date_epoch_as_buildtime: "1",
      clamp_mtime_to_source_date_epoch: "1",
    };
    const words = Object.entries(defines).flatMap(([name, value]) => ["--define", `${name} ${value}`]);
    const spec = join(repository, "packaging/irqtrace.spec");
    await runStep(["rpmbuild", "-bb", "--quiet", "--target", `${architecture}-linux`, ...words, spec], {
      cwd: work,
      env: { SOURCE_DATE_EPOCH: sourceDate },
    });
    const built = join(work, "RPMS", architecture, `irqtrace-${version}-1.${architecture}.rpm`);
    const path = join(folder, basename(built));
    renameSync(built, path);
    return path;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
