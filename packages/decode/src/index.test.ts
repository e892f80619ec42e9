import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SOURCES = [...new Bun.Glob("*.ts").scanSync(import.meta.dir)].filter((name) => !name.endsWith(".test.ts"));
const REPOSITORY = join(import.meta.dir, "../../..");

/** Uses every part of the package and ends in one JSON string. */
const PROGRAM = `
import { codec, fieldAt, Histogram, LayoutMismatchError, readU53s } from ${JSON.stringify(join(import.meta.dir, "index.ts"))};

const cell = codec({
  kind: "struct",
  name: "cell",
  size: 24,
  fields: [
    { name: "total", offset: 0, type: "u64" },
    { name: "label", offset: 8, type: { kind: "chars", size: 8 } },
    { name: "level", offset: 16, type: "i8", bits: { offset: 1, size: 4 } },
  ],
});
const view = new DataView(new ArrayBuffer(cell.size));
cell.encode({ total: 12n, label: "ë", level: -3 }, view);
const { total, label, level } = cell.decode(view);
let refused = "";
try {
  cell.decode(view, 1);
} catch (error) {
  if (error instanceof LayoutMismatchError) refused = error.name;
}
globalThis.answer = JSON.stringify([
  Number(total), label, level, refused, readU53s(view, 0, 1)[0],
  Histogram.fromSamples([1000, 2000]).quantileNs(0.5),
]);
`;
const ANSWER = [12, "ë", -3, "LayoutMismatchError", 12, 992];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "irqtrace-decode-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function bundle(format: "esm" | "iife"): Promise<string> {
  const entry = join(folder, "program.ts");
  writeFileSync(entry, PROGRAM);
  const result = await Bun.build({ entrypoints: [entry], target: "browser", format });
  return (await result.outputs[0]?.text()) ?? "";
}

async function runInNode(script: string): Promise<unknown> {
  const file = join(folder, "script.mjs");
  writeFileSync(file, script);
  const node = Bun.spawn(["node", file], { stdout: "pipe", stderr: "inherit" });
  const output = await new Response(node.stdout).text();
  expect(await node.exited).toBe(0);
  return JSON.parse(output);
}

describe("the package is plain ECMAScript", () => {
  test("its sources import nothing but one another", async () => {
    expect(SOURCES.length).toBeGreaterThan(10);
    for (const name of SOURCES) {
      const text = await Bun.file(join(import.meta.dir, name)).text();
      // Examples in comments import the package by its name.
      const code = text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
      const specifiers = [...code.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*["']([^"']+)["']/g)];
      for (const [, specifier] of specifiers) expect(`${name}: ${specifier}`).toMatch(/^[\w.-]+: \.\/[\w-]+\.ts$/);
    }
  });

  test("its sources compile without the types of any platform", async () => {
    const compiler = join(REPOSITORY, "node_modules/.bin/tsc");
    const project = join(import.meta.dir, "../tsconfig.build.json");
    const tsc = Bun.spawn([compiler, "-p", project, "--noEmit"], { stdout: "pipe" });
    expect(await new Response(tsc.stdout).text()).toBe("");
    expect(await tsc.exited).toBe(0);
  });

  test("a bundle of it runs in Node", async () => {
    const script = `${await bundle("esm")}\nprocess.stdout.write(globalThis.answer);`;
    expect(await runInNode(script)).toEqual(ANSWER);
  });

  test("a bundle of it runs where there is no global but those of the language", async () => {
    const script = `
      import { createContext, runInContext } from "node:vm";
      const context = createContext({});
      if (runInContext("typeof TextDecoder", context) !== "undefined") throw new Error("This context is not bare.");
      runInContext(${JSON.stringify(await bundle("iife"))}, context);
      process.stdout.write(context.answer);
    `;
    expect(await runInNode(script)).toEqual(ANSWER);
  });
});
