import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publicSymbols } from "./public-symbols.ts";

const folder = mkdtempSync(join(tmpdir(), "public-symbols-"));
afterAll(() => rmSync(folder, { recursive: true }));

function symbolsOf(files: Readonly<Record<string, string>>): readonly string[] {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return publicSymbols(join(folder, "index.ts")).map(({ name, file, line, isCallable, comment }) => {
    const place = `${file.slice(folder.length + 1)}:${line}`;
    return `${name} ${place} ${isCallable ? "callable" : "data"} ${comment?.trim() ?? "undocumented"}`;
  });
}

test("re-exports are followed to the declaration, under whatever name", () => {
  const symbols = symbolsOf({
    "index.ts": `export { outer as renamed, type Shape } from "./middle.ts";\n`,
    "middle.ts": `import { inner } from "./inner.ts";\nexport { inner as outer };\nexport type { Shape } from "./inner.ts";\n`,
    "inner.ts": `\n/** Does it. */\nexport function inner(): void {}\n/** A shape. */\nexport interface Shape {}\n`,
  });
  expect(symbols).toEqual(["inner inner.ts:3 callable Does it.", "Shape inner.ts:5 data A shape."]);
});

test("a symbol without a doc comment has none, whatever stands above it", () => {
  const symbols = symbolsOf({
    "index.ts":
      "/** Of one. */\nexport const one = 1;\n// no doc\nexport const two = 2;\n/* nor this */\nexport class Three {}\n",
  });
  expect(symbols).toEqual([
    "one index.ts:2 data Of one.",
    "two index.ts:4 data undocumented",
    "Three index.ts:6 callable undocumented",
  ]);
});

test("one documented overload documents the function", () => {
  const symbols = symbolsOf({
    "index.ts":
      "/** Either. */\nexport function f(a: string): void;\nexport function f(a: number): void;\nexport function f(): void {}\n",
  });
  expect(symbols).toEqual(["f index.ts:2 callable Either."]);
});

test("what another package documents is left to it", () => {
  expect(symbolsOf({ "index.ts": `export { codec } from "@irqtrace/decode";\n` })).toEqual([]);
});

test("export * is refused: it names nothing", () => {
  expect(() => symbolsOf({ "index.ts": `export * from "./inner.ts";\n` })).toThrow("name what is exported");
});
