import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "irqtrace-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the file that a program starts with imports before it runs, and all that those files import: packages and Bun's modules. */
async function importedAtOnce(entryPoint: string): Promise<readonly string[]> {
  const { metafile } = await Bun.build({
    entrypoints: [entryPoint],
    external: ["@irqtrace/*"],
    target: "bun",
    splitting: true,
    metafile: true,
  });
  const { inputs, outputs } = metafile ?? { inputs: {}, outputs: {} };
  const starts = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint?.endsWith(basename(entryPoint)));
  expect(starts).toHaveLength(1);
  const files = new Set(starts);
  for (const file of files) for (const path of statements(outputs[file]?.imports)) files.add(path);
  const modules = [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  return modules.flatMap((module) => statements(inputs[module]?.imports)).filter((path) => !(path in inputs));
}

function statements(imports: readonly { readonly path: string; readonly kind: string }[] = []): readonly string[] {
  return imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
}

test("neither a package nor a module of Bun's is loaded before the command line is read", async () => {
  expect(await importedAtOnce(MAIN)).toEqual([]);
});

test("an import at the head of any module that starts with the program would be found", async () => {
  writeFileSync(
    join(folder, "inner.ts"),
    'import { libbpf } from "@irqtrace/loader/some";\nexport const inner = libbpf;\n',
  );
  writeFileSync(
    join(folder, "outer.ts"),
    'import { inner } from "./inner.ts";\nconsole.log(inner);\nawait import("./late.ts");\n',
  );
  writeFileSync(
    join(folder, "late.ts"),
    'import { inner } from "./inner.ts";\nimport { tty } from "node:tty";\nconsole.log(inner, tty);\n',
  );
  expect(await importedAtOnce(join(folder, "outer.ts"))).toEqual(["@irqtrace/loader/some"]);
});
