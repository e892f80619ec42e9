import { expect, test } from "bun:test";
import { dirname, relative } from "node:path";
import { examplesInMarkdown, examplesInSource } from "../../scripts/docs/code-examples.ts";
import { readmes, sourceFiles } from "../../scripts/docs/documented-files.ts";
import { ExampleWorkspace } from "../../scripts/docs/example-workspace.ts";

const LIMIT_MS = 30_000;
const repository = dirname(dirname(import.meta.dir));

const examples = [
  ...sourceFiles(repository).flatMap(examplesInSource),
  ...readmes(repository).flatMap(examplesInMarkdown),
].filter((example) => example.needsKernel);

for (const example of examples) {
  const place = `${relative(repository, example.file)}:${example.line}`;
  test(
    `the example at ${place} runs`,
    async () => {
      using workspace = new ExampleWorkspace(repository, "doc-examples-kernel", [example]);
      expect(await workspace.runErrors(LIMIT_MS)).toEqual([]);
    },
    2 * LIMIT_MS,
  );
}
