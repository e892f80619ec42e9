/**
 * Builds the libbpf.so files of packages/libbpf from pinned sources of libbpf, elfutils and zlib and from src/shim. With
 * --check it builds elsewhere and compares, byte for byte: the first target alone unless others are named.
 *
 *   bun scripts/build-libbpf.ts [--check] [all | linux-x64-glibc | linux-x64-musl | linux-arm64-glibc | linux-arm64-musl]...
 *
 * Needs clang-19 and lld-19, and apt for the rest. About 25 s of processor time a file.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LIBBPF_VERSION } from "../packages/libbpf/src/bundled-libbpf.ts";
import { LIBBPF_TARGETS, type LibbpfTarget } from "../packages/libbpf/src/libbpf-target.ts";
import { faultsOf, newestGlibc } from "../packages/libbpf/src/testing/library-bounds.ts";
import { readSharedObject } from "../packages/libbpf/src/testing/shared-object.ts";
import { runCommand } from "./debian/run-command.ts";
import { BUILD_TARGETS } from "./libbpf/build-targets.ts";
import { CLANG, compileLibrary, LINKER } from "./libbpf/compile-library.ts";
import { smokeTest } from "./libbpf/smoke-test.ts";
import { PINNED_SOURCES, sha256Of, unpackSources } from "./libbpf/sources.ts";
import { openSysroot } from "./libbpf/sysroot.ts";

const repository = dirname(import.meta.dir);
const packageFolder = join(repository, "packages/libbpf");
const prebuilt = join(packageFolder, "prebuilt");
const cache = join(repository, ".cache/libbpf");

/** What went into a file, so that a difference can be explained. */
type Ingredients = Readonly<Record<string, string>>;

interface Built {
  readonly target: LibbpfTarget;
  readonly file: string;
  /** Why it was not opened and used here; null: it was, and works. */
  readonly whyNotTried: string | null;
  readonly ingredients: Ingredients;
}

/** Builds the targets below `output`, in the shape of the package's prebuilt folder. */
async function buildAll(targets: readonly LibbpfTarget[], output: string): Promise<readonly Built[]> {
  const work = mkdtempSync(join(tmpdir(), "irqtrace-libbpf-"));
  try {
    await unpackSources(`${work}/sources`, `${cache}/sources`);
    const built: Built[] = [];
    for (const target of targets) built.push(await buildOne(target, work, output));
    return built;
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function buildOne(target: LibbpfTarget, work: string, output: string): Promise<Built> {
  const sysroot = await openSysroot(BUILD_TARGETS[target].debianArchitecture, cache);
  const file = join(output, target, "libbpf.so");
  mkdirSync(dirname(file), { recursive: true });
  const packageSources = join(packageFolder, "src");
  const place = { sources: `${work}/sources`, packageSources, work: `${work}/${target}` };
  await compileLibrary({ target: BUILD_TARGETS[target], sysroot, ...place }, file);
  const bytes = readFileSync(file);
  const faults = faultsOf(readSharedObject(bytes), bytes.length, target);
  if (faults.length > 0) throw new Error(`The libbpf.so built for ${target} ${faults.join("; ")}.`);
  const whyNotTried = await smokeTest(BUILD_TARGETS[target], sysroot, file, place.work);
  return { target, file, whyNotTried, ingredients: { ...(await tools()), ...sysroot.versions } };
}

async function tools(): Promise<Ingredients> {
  const [clang, linker] = [await runCommand([CLANG, "--version"]), await runCommand([LINKER, "--version"])];
  return { clang: firstLine(clang), lld: firstLine(linker) };
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

function describe({ target, file, whyNotTried }: Built): string {
  const bytes = readFileSync(file);
  const object = readSharedObject(bytes);
  const glibc = newestGlibc(object)?.join(".");
  const parts = [
    `${target}: ${bytes.length} bytes`,
    `needs ${object.needed.join(", ")}`,
    ...(glibc === undefined ? [] : [`glibc ${glibc} or later`]),
    `${object.exports.length} functions`,
    ...(object.bindsNow && object.hasRelro && !object.hasTextRelocations ? ["relro, now, no textrel"] : []),
    whyNotTried === null ? "works" : `not tried: ${whyNotTried}`,
  ];
  return parts.join(", ");
}

/** Which versions of what built the committed files: beside them, for whoever has to explain a difference. */
const RECORD = join(prebuilt, "built-with.json");

async function build(targets: readonly LibbpfTarget[]): Promise<void> {
  const built = await buildAll(targets, prebuilt);
  const record: Record<string, Ingredients> = { ...JSON.parse(readOrEmpty(RECORD)) };
  for (const { target, ingredients } of built) record[target] = ingredients;
  record["sources"] = Object.fromEntries(
    PINNED_SOURCES.map(({ name, version, sha256 }) => [`${name} ${version}`, sha256]),
  );
  writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`);
  const sums = LIBBPF_TARGETS.map((target) => `${target}/libbpf.so`).map(
    (path) => `${sha256Of(join(prebuilt, path))}  ${path}\n`,
  );
  writeFileSync(join(prebuilt, "SHA256SUMS"), sums.join(""));
  for (const one of built) console.log(describe(one));
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "{}";
    throw error;
  }
}

async function check(targets: readonly LibbpfTarget[]): Promise<number> {
  const output = mkdtempSync(join(tmpdir(), "irqtrace-libbpf-check-"));
  try {
    const built = await buildAll(targets, output);
    for (const one of built) console.log(describe(one));
    const stale = built.filter(({ target, file }) => sha256Of(file) !== sha256Of(join(prebuilt, target, "libbpf.so")));
    if (stale.length === 0) {
      console.log(`${built.length} of ${built.length} rebuilt files are the committed ones.`);
      return 0;
    }
    for (const { target, ingredients } of stale) {
      console.error(`${target}/libbpf.so is not what the sources build. ${differences(target, ingredients)}`);
    }
    console.error('Run "bun scripts/build-libbpf.ts all" and commit.');
    return 1;
  } finally {
    rmSync(output, { recursive: true });
  }
}

function differences(target: LibbpfTarget, now: Ingredients): string {
  const then: Ingredients = JSON.parse(readFileSync(RECORD, "utf8"))[target] ?? {};
  const changed = Object.keys(now).filter((name) => now[name] !== then[name]);
  if (changed.length === 0) return "It was built with the same tools and libraries.";
  return changed.map((name) => `${name} is ${now[name]}, was ${then[name] ?? "not recorded"}.`).join(" ");
}

function targetsFrom(words: readonly string[], byDefault: readonly LibbpfTarget[]): readonly LibbpfTarget[] {
  if (words.length === 0) return byDefault;
  if (words.includes("all")) return LIBBPF_TARGETS;
  return words.map((word) => {
    const target = LIBBPF_TARGETS.find((known) => known === word);
    if (target === undefined) throw new RangeError(`"${word}" is none of ${LIBBPF_TARGETS.join(", ")}, all.`);
    return target;
  });
}

const words = process.argv.slice(2).filter((word) => word !== "--check");
if (!PINNED_SOURCES.some(({ name, version }) => name === "libbpf" && version === LIBBPF_VERSION)) {
  throw new Error(`packages/libbpf says that it holds libbpf ${LIBBPF_VERSION}, which is not the version pinned.`);
}
if (process.argv.includes("--check")) process.exitCode = await check(targetsFrom(words, ["linux-x64-glibc"]));
else await build(targetsFrom(words, LIBBPF_TARGETS));
