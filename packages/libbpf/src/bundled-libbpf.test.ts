import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledLibbpf, embedLibbpf, isInPackage, LIBBPF_VERSION } from "./bundled-libbpf.ts";
import { libbpfTarget } from "./libbpf-target.ts";

const work = mkdtempSync(join(tmpdir(), "irqtrace-bundled-"));
afterAll(() => rmSync(work, { recursive: true }));

test("the file for this machine is found beside the package's code", () => {
  const path = join(import.meta.dir, "../prebuilt", libbpfTarget() ?? "", "libbpf.so");
  expect(bundledLibbpf()).toEqual({ path, version: LIBBPF_VERSION });
  expect(existsSync(path)).toBe(true);
});

test("only the package's own modules look beside their folder", async () => {
  const moduleIn = async (folder: string, file: string, manifest: string): Promise<string> => {
    await Bun.write(join(work, folder, "package.json"), manifest);
    return Bun.pathToFileURL(join(work, folder, file)).href;
  };
  const own = JSON.stringify({ name: "@irqtrace/libbpf" });
  expect(isInPackage(await moduleIn("installed", "dist/index.js", own))).toBe(true);
  expect(isInPackage(await moduleIn("checkout", "src/bundled-libbpf.ts", own))).toBe(true);
  expect(isInPackage(await moduleIn("installed", "dist/tool/index.js", own))).toBe(false);
  for (const other of ['{ "name": "tool" }', "{}", "null", "no manifest"])
    expect(isInPackage(await moduleIn("bundle", "dist/index.js", other))).toBe(false);
  expect(isInPackage(Bun.pathToFileURL(join(work, "dist/index.js")).href)).toBe(false);
  expect(isInPackage("file:///$bunfs/root/irqtrace")).toBe(false);
  expect(isInPackage("https://cdn.example/dist/index.js")).toBe(false);
});

async function runBundled(source: string, args: readonly string[]): Promise<string> {
  const entry = join(work, `${Bun.hash(source)}.ts`);
  const bundle = join(work, "dist/index.js");
  await Bun.write(entry, source);
  const command = [process.execPath, "build", ...args, entry, "--outfile", bundle];
  const build = Bun.spawnSync(command, { cwd: work, stdout: "pipe", stderr: "pipe" });
  expect(build.stderr.toString()).toBe("");
  const run = args.includes("--compile") ? [bundle] : [process.execPath, bundle];
  const child = Bun.spawnSync(run, { cwd: "/", stdout: "pipe", stderr: "pipe" });
  expect(child.stderr.toString()).toBe("");
  return child.stdout.toString().trim();
}

test("a bundle finds no file, not even one that lies where the package's would be", async () => {
  await Bun.write(join(work, "prebuilt", libbpfTarget() ?? "", "libbpf.so"), "planted");
  const module = JSON.stringify(join(import.meta.dir, "index.ts"));
  const source = `import { bundledLibbpf } from ${module}; console.log(bundledLibbpf());`;
  expect(await runBundled(source, ["--target=bun"])).toBe("null");
});

test("a single-file executable gives the file that it was built with", async () => {
  const library = JSON.stringify(bundledLibbpf()?.path ?? "");
  const module = JSON.stringify(join(import.meta.dir, "index.ts"));
  const source = `
    import { bundledLibbpf, embedLibbpf } from ${module};
    import path from ${library} with { type: "file" };
    const before = bundledLibbpf();
    embedLibbpf(path);
    const after = bundledLibbpf();
    console.log(before, after?.path === path, Bun.file(path).size);`;
  const size = Bun.file(bundledLibbpf()?.path ?? "").size;
  expect(await runBundled(source, ["--compile", "--target=bun"])).toBe(`null true ${size}`);
});

test("a path that depends on the current directory is not embedded", () => {
  const before = bundledLibbpf();
  expect(() => embedLibbpf("libbpf.so")).toThrow(TypeError);
  expect(bundledLibbpf()).toEqual(before);
});
