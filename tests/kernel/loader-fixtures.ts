import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLANG = "clang-19";
const FOLDER = join(import.meta.dir, "fixtures");

/** A directory of fixtures built beforehand, for machines without a compiler. */
const PREBUILT = process.env["IRQTRACE_PREBUILT_FIXTURES"];

/** Empty where the fixtures can be had; else the reason, to be put into a test's name. */
export const NO_CLANG: string =
  PREBUILT === undefined && Bun.which(CLANG) === null ? ` (skipped: there is no ${CLANG})` : "";

export type FixtureName = "fake-actions" | "loader-maps" | "loader-refused" | "loader-absent" | "loader-pinned";

const built = new Map<FixtureName, Uint8Array>();

/** The bytes of a test object, built from its C when first asked for unless it was built beforehand. */
export function fixture(name: FixtureName): Uint8Array {
  const known = built.get(name);
  if (known !== undefined) return known;
  const bytes =
    PREBUILT === undefined ? buildFixture(name) : new Uint8Array(readFileSync(join(PREBUILT, `${name}.bpf.o`)));
  built.set(name, bytes);
  return bytes;
}

/** Builds a test object, with macros defined; WITHOUT_FETCHING_ATOMICS makes one for kernels before 5.12. */
export function buildFixture(name: FixtureName, macros: readonly string[] = []): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "irqtrace-fixture-"));
  try {
    const object = join(folder, `${name}.bpf.o`);
    const headers = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
    const flags = ["-target", "bpf", "-O2", "-g", "-mcpu=v3", "-Wall", "-Werror", "-idirafter", headers];
    flags.push(...macros.map((macro) => `-D${macro}`));
    const command = [CLANG, ...flags, "-c", join(FOLDER, `${name}.bpf.c`), "-o", object];
    const { success, stderr } = Bun.spawnSync(command);
    if (!success) throw new Error(`Cannot build "${name}": ${stderr}`);
    return new Uint8Array(readFileSync(object));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
