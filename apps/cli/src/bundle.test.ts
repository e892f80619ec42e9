import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "irqtrace-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the one file that a program is bundled to imports of our packages, and how. */
async function packageImports(entryPoint: string): Promise<readonly string[]> {
  const { outputs, metafile } = await Bun.build({
    entrypoints: [entryPoint],
    external: ["@irqtrace/*"],
    target: "bun",
    metafile: true,
  });
  expect(outputs).toHaveLength(1);
  const imports = Object.values(metafile?.inputs ?? {}).flatMap((input) => input.imports);
  return imports.filter(({ path }) => /^@irqtrace\/[\w-]+$/.test(path)).map(({ path, kind }) => `${path}: ${kind}`);
}

test("the bundle loads no package before it needs it: an import above a module that is loaded late comes first in one file", async () => {
  const imports = await packageImports(MAIN);
  expect(imports).toContain("@irqtrace/loader: dynamic-import");
  expect(imports.filter((text) => !text.endsWith(": dynamic-import"))).toEqual([]);
});

test("an import above a module that is loaded late would be found", async () => {
  writeFileSync(join(folder, "late.ts"), 'import { libbpf } from "@irqtrace/loader";\nconsole.log(libbpf);\n');
  writeFileSync(join(folder, "early.ts"), 'if (process.argv.length > 9) await import("./late.ts");\n');
  expect(await packageImports(join(folder, "early.ts"))).toEqual(["@irqtrace/loader: import-statement"]);
});
