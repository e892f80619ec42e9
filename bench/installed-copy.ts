import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withBun } from "./with-bun.ts";

/** A preload that ends the process where it would open a library. */
export const STOP_AT_LIBRARY: string = join(import.meta.dir, "stop-at-library.js");

const REPOSITORY = dirname(import.meta.dir);

/** irqtrace as a user has it: built, and outside of the checkout, whose settings would lead Bun to the sources. */
export interface InstalledCopy extends Disposable {
  /** The launcher. */
  readonly irqtrace: string;
  /** The launcher, with a program that ends once it is about to open its first library. */
  readonly untilLibrary: string;
}

/** Builds all packages and lays what would be published of each into a folder of its own. */
export function installCopy(): InstalledCopy {
  build();
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-bench-"));
  for (const parent of ["packages", "apps"]) {
    for (const name of readdirSync(join(REPOSITORY, parent))) copyPackage(join(REPOSITORY, parent, name), folder);
  }
  const irqtrace = join(folder, "node_modules/irqtrace/bin/irqtrace");
  return {
    irqtrace,
    untilLibrary: writeStoppingLauncher(irqtrace),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** Beside the launcher, and the same but for one word to Bun. */
function writeStoppingLauncher(launcher: string): string {
  const start = 'exec "$bun" ';
  const text = readFileSync(launcher, "utf8");
  if (!text.includes(start)) throw new Error(`${launcher} does not start Bun by: ${start}`);
  const path = `${launcher}-until-library`;
  writeFileSync(path, text.replace(start, `${start}--preload='${STOP_AT_LIBRARY}' `), { mode: 0o755 });
  return path;
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
