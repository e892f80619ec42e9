import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildExecutable } from "../scripts/release/build-executable.ts";
import { executableTarget } from "../scripts/release/executable-targets.ts";
import { stageRelease } from "../scripts/release/stage-release.ts";

/** The single-file executable for this machine, gone with its disposal. */
export interface OwnExecutable extends Disposable {
  readonly path: string;
}

/** @throws RangeError on a machine that no executable is built for */
export async function buildOwnExecutable(): Promise<OwnExecutable> {
  const repository = dirname(import.meta.dir);
  const target = executableTarget(`linux-${process.arch}`);
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-executable-"));
  const remove = (): void => rmSync(folder, { recursive: true });
  try {
    const path = await buildExecutable(repository, await stageRelease(repository), target, folder);
    return { path, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}
