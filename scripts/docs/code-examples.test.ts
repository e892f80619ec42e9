import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { examplesInMarkdown, examplesInSource } from "./code-examples.ts";
import { ExampleWorkspace } from "./example-workspace.ts";
import { brokenPromise } from "./promised-output.ts";

const repository = dirname(dirname(import.meta.dir));
const folder = mkdtempSync(join(tmpdir(), "code-examples-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(join(repository, ".cache/doc-examples-test"), { recursive: true, force: true });
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** A workspace with one example of this code, at line 2 of a Markdown file. */
function workspaceOf(code: string): ExampleWorkspace {
  const examples = examplesInMarkdown(write("README.md", `\`\`\`ts\n${code}\n\`\`\`\n`));
  return new ExampleWorkspace(repository, "doc-examples-test", examples);
}

test("only the code below @example is taken from a doc comment, with its line", () => {
  const file = write(
    "source.ts",
    [
      "/**",
      " * Before: ",
      " * ```ts",
      " * wrong();",
      " * ```",
      " *",
      " * @example",
      " * ```ts",
      " * // kernel",
      " * if (true) {",
      " *   right();",
      " * }",
      " * ```",
      " */",
      "export const one = 1;",
    ].join("\n"),
  );
  expect(examplesInSource(file)).toEqual([
    { file, line: 9, code: "// kernel\nif (true) {\n  right();\n}\n", needsKernel: true },
  ]);
});

test("every ts block of a Markdown file is an example, and no other block", () => {
  const file = write(
    "README.md",
    "# Title\n\n```sh\nls\n```\n\n```ts\none();\n```\ntext\n```ts\n// kernel\ntwo();\n```\n",
  );
  expect(examplesInMarkdown(file).map(({ line, needsKernel }) => ({ line, needsKernel }))).toEqual([
    { line: 8, needsKernel: false },
    { line: 12, needsKernel: true },
  ]);
});

test("a type error is reported at the line of the example's file", () => {
  const [error, ...others] = workspaceOf(`const fine = 1;\nconst wrong: string = fine;`).typeErrors();
  expect(error).toMatch(/README\.md:3: error TS2322/);
  expect(others).toEqual([]);
});

test("examples are held to settings that libraries' users may have", () => {
  const optional = `interface Options { name?: string }\nexport const options: Options = { name: undefined };`;
  expect(workspaceOf(optional).typeErrors()[0]).toContain("exactOptionalPropertyTypes");
  const indexed = `const list: readonly number[] = [1];\nexport const first: number = list[0];`;
  expect(workspaceOf(indexed).typeErrors()[0]).toContain("TS2322");
});

test("an example that is right passes", async () => {
  const workspace = workspaceOf(`import { codec } from "@irqtrace/decode";\nconsole.log(codec("u32").size); // 4`);
  expect(workspace.typeErrors()).toEqual([]);
  expect(await workspace.runErrors(5_000)).toEqual([]);
});

test("an example that throws, prints something else or never ends is reported", async () => {
  expect((await workspaceOf(`throw new Error("broken");`).runErrors(5_000))[0]).toMatch(
    /README\.md:2: the example fails:.*broken/s,
  );
  expect((await workspaceOf("console.log(1 + 1); // 3").runErrors(5_000))[0]).toContain(
    'prints "3", and it prints:\n"2"',
  );
  expect(
    (await workspaceOf("await new Promise(() => setInterval(() => undefined, 1000));").runErrors(200))[0],
  ).toContain("ended after 0.2 s");
});

test("promises are kept in order, whatever the line breaks, with or without an explanation", () => {
  const code = "console.log(a); // { low: 1, high: 2 }\nconsole.log(b); // 750, in ns\nconsole.log(c); // such as 3\n";
  expect(brokenPromise(code, ["{\n  low: 1,\n  high: 2,\n}", "750", "4"])).toBeNull();
  expect(brokenPromise(code, ["750", "{ low: 1, high: 2 }"])).toBe("750, in ns");
  expect(brokenPromise(code, ["{ low: 1, high: 2 }", "75"])).toBe("750, in ns");
  expect(brokenPromise("console.log(a); // 7.5\n", ["7"])).toBe("7.5");
  expect(brokenPromise('console.log(a); // "text"\n', ["text"])).toBeNull();
});
