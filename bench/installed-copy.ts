import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withBun } from "./with-bun.ts";

const REPOSITORY = dirname(import.meta.dir);

/** irqtrace as a user has it: built, and outside of the checkout, whose settings would lead Bun to the sources. */
export interface InstalledCopy extends Disposable {
  /** The launcher. */
  readonly irqtrace: string;
}

/** Builds all packages and lays what would be published of each into a folder of its own. */
export function installCopy(): InstalledCopy {
  build();
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-bench-"));
  // For nobody to start it, too.
  chmodSync(folder, 0o755);
  for (const parent of ["packages", "apps"]) {
    for (const name of readdirSync(join(REPOSITORY, parent))) copyPackage(join(REPOSITORY, parent, name), folder);
  }
  return {
    irqtrace: join(folder, "node_modules/irqtrace/bin/irqtrace"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

function build(): void {
  const turbo = join(REPOSITORY, "node_modules/.bin/turbo");
  const command = [process.execPath, turbo, "run", "build", "--output-logs=errors-only"];
  const { success, stdout, stderr } = Bun.spawnSync(command, { cwd: REPOSITORY, env: withBun() });
  if (!success) throw new Error(`Cannot build the packages:\n${stdout}${stderr}`);
}

function copyPackage(from: string, folder: string): void {
  const manifest: unknown = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  if (!isManifest(manifest)) throw new Error(`${from}/package.json names no package and files.`);
  for (const file of ["package.json", ...manifest.files]) {
    const source = join(from, file);
    if (existsSync(source)) cpSync(source, join(folder, "node_modules", manifest.name, file), { recursive: true });
  }
}

function isManifest(value: unknown): value is { name: string; files: string[] } {
  return typeof value === "object" && value !== null && "name" in value && "files" in value;
}
