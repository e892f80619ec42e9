import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledLibbpf, embedLibbpf } from "@irqtrace/libbpf";
import { bundledPath } from "./bundled-path.ts";

const work = mkdtempSync(join(tmpdir(), "irqtrace-bundled-path-"));
const INDEX = join(import.meta.dir, "index.ts");
const LIBRARY = bundledLibbpf()?.path ?? "";
const PRINT = "const { path, source } = libbpf(); console.log(JSON.stringify({ path, source }));";
afterAll(() => rmSync(work, { recursive: true }));

async function build(entry: string, flags: readonly string[]): Promise<string> {
  const outfile = `${entry}.out`;
  const command = [process.execPath, "build", entry, "--target=bun", `--outfile=${outfile}`, ...flags];
  const { success, stderr } = Bun.spawnSync(command, { cwd: work, stdout: "pipe", stderr: "pipe" });
  if (!success) throw new Error(stderr.toString());
  return outfile;
}

/** The system's libbpf of a child is what this folder holds, whatever this machine has. */
function run(command: readonly string[], system: string, cwd = work): { output: unknown; errors: string } {
  const env = { ...process.env, LD_LIBRARY_PATH: system, IRQTRACE_LIBBPF: "", TMPDIR: "/nonexistent" };
  const child = Bun.spawnSync([...command], { cwd, env, stdout: "pipe", stderr: "pipe" });
  const text = child.stdout.toString();
  return { output: text === "" ? null : JSON.parse(text), errors: child.stderr.toString() };
}

function folder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(work, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, ".."), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
}

test("where the package is installed, it is its file for this machine", () => {
  expect(bundledPath()).toBe(LIBRARY);
});

describe("a program beside the package's place", () => {
  let program: string;
  let system: string;
  beforeAll(async () => {
    system = join(work, "system");
    mkdirSync(system);
    symlinkSync(LIBRARY, join(system, "libbpf.so.1"));
    writeFileSync(join(work, "program.ts"), `import { libbpf } from ${JSON.stringify(INDEX)}; ${PRINT}`);
    program = await Bun.file(await build(join(work, "program.ts"), ["--external=@irqtrace/libbpf"])).text();
  });

  const place = (name: string, files: Readonly<Record<string, string>>): ReturnType<typeof run> => {
    const path = folder(name, { "program.js": program, "node_modules/.keep": "", ...files });
    return run([process.execPath, "--no-install", "program.js"], system, path);
  };
  const Manifest = "node_modules/@irqtrace/libbpf/package.json";
  const Main = "node_modules/@irqtrace/libbpf/index.js";
  const manifest = JSON.stringify({ name: "@irqtrace/libbpf", type: "module", exports: "./index.js" });
  const openManifest = JSON.stringify({ exports: { ".": "./index.js", "./package.json": "./package.json" } });
  const giving = (path: string | null): string =>
    `export const bundledLibbpf = () => (${path === null ? null : JSON.stringify({ path })});`;

  test("uses what the package gives", () => {
    const { output, errors } = place("installed", { [Manifest]: manifest, [Main]: giving(LIBRARY) });
    expect({ output, errors }).toEqual({ output: { path: LIBRARY, source: "bundled" }, errors: "" });
  });

  test("uses the system's without it", () => {
    expect(place("absent", {})).toEqual({ output: { path: LIBRARY, source: "system" }, errors: "" });
  });

  test("uses the system's where nothing is bundled for the machine", () => {
    const { output } = place("foreign", { [Manifest]: manifest, [Main]: giving(null) });
    expect(output).toMatchObject({ source: "system" });
  });

  test.each([
    ["lacks its code", { [Manifest]: openManifest }, "Cannot find module '@irqtrace/libbpf'"],
    ["lacks a module", { [Manifest]: manifest, [Main]: 'import "./gone.js";' }, "gone.js"],
    ["throws", { [Manifest]: manifest, [Main]: 'throw new Error("broken inside");' }, "broken inside"],
  ])("fails where the package %s", (name, files, why) => {
    const { output, errors } = place(name, files);
    expect(output).toBeNull();
    expect(errors).toContain(why);
  });

  test("uses the system's after being bundled without it", async () => {
    const paths = { "@irqtrace/decode": [join(import.meta.dir, "../../decode/src/index.ts")] };
    const path = folder("bundled-without", {
      "tsconfig.json": JSON.stringify({ compilerOptions: { paths } }),
      "program.ts": `import { libbpf } from "./src/index.ts"; ${PRINT}`,
    });
    cpSync(import.meta.dir, join(path, "src"), { recursive: true });
    const bundle = await build(join(path, "program.ts"), []);
    const { output, errors } = run([process.execPath, "--no-install", bundle], system);
    expect({ output, errors }).toEqual({ output: { path: LIBRARY, source: "system" }, errors: "" });
  });
});

test("a single-file executable loads what it embeds from memory, and leaves no descriptor behind", async () => {
  const entry = join(work, "executable.ts");
  writeFileSync(
    entry,
    `import { embedLibbpf } from ${JSON.stringify(Bun.resolveSync("@irqtrace/libbpf", import.meta.dir))};
    import { readdirSync, readFileSync, readlinkSync } from "node:fs";
    import library from ${JSON.stringify(LIBRARY)} with { type: "file" };
    import { libbpf } from ${JSON.stringify(INDEX)};
    embedLibbpf(library);
    const { path, version, source } = libbpf();
    const descriptors = readdirSync("/proc/self/fd").flatMap((fd) => {
      try { return [readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; }
    });
    const mapped = /\\/\\S*libbpf.*/.exec(readFileSync("/proc/self/maps", "utf8"))?.[0];
    const left = descriptors.filter((target) => target.includes("memfd:libbpf"));
    console.log(JSON.stringify({ isEmbedded: path === library, version, source, mapped, left }));`,
  );
  const executable = await build(entry, ["--compile"]);
  expect(run([executable], join(work, "nothing"))).toEqual({
    output: { isEmbedded: true, version: "1.7", source: "bundled", mapped: "/memfd:libbpf (deleted)", left: [] },
    errors: "",
  });
}, 60_000);

test("what is embedded is taken", () => {
  embedLibbpf("/$bunfs/root/no-such-library.so");
  expect(bundledPath()).toBe("/$bunfs/root/no-such-library.so");
  embedLibbpf(LIBRARY);
  expect(bundledPath()).toBe(LIBRARY);
});
