/**
 * Checks that everything exported is documented, and that what the documentation shows is true: every example of a doc
 * comment or README is type-checked in the strictest settings and run. Those that begin with `// kernel` need root: they
 * are run by tests/kernel/doc-examples.test.ts.
 */
import { existsSync } from "node:fs";
import { dirname, relative } from "node:path";
import { examplesInMarkdown, examplesInSource } from "./docs/code-examples.ts";
import { packageEntries, readmes, sourceFiles } from "./docs/documented-files.ts";
import { ExampleWorkspace } from "./docs/example-workspace.ts";
import { type PublicSymbol, publicSymbols } from "./docs/public-symbols.ts";

const RUN_LIMIT_MS = 10_000;
const repository = dirname(import.meta.dir);

function faultOf(symbol: PublicSymbol): readonly string[] {
  const place = `${relative(repository, symbol.file)}:${symbol.line}: ${symbol.name}`;
  if (symbol.comment === null) return [`${place} has no doc comment`];
  if (symbol.isCallable && !/^@example\b[^@]*^```ts$/ms.test(symbol.comment)) return [`${place} has no @example`];
  return [];
}

const entries = packageEntries(repository);
const missing = entries.filter((entry) => !existsSync(entry));
const faults = missing.map(
  (entry) => `${relative(repository, entry)} is exported by its package.json and does not exist`,
);

const symbols = new Map<string, PublicSymbol>();
for (const symbol of entries.filter(existsSync).flatMap(publicSymbols))
  symbols.set(`${symbol.file} ${symbol.name}`, symbol);
const examples = [
  ...sourceFiles(repository).flatMap(examplesInSource),
  ...readmes(repository).flatMap(examplesInMarkdown),
];

faults.push(...[...symbols.values()].flatMap(faultOf));
using all = new ExampleWorkspace(repository, "doc-examples", examples);
faults.push(...all.typeErrors());
const runnable = examples.filter((example) => !example.needsKernel);
using run = new ExampleWorkspace(repository, "doc-examples-run", runnable);
faults.push(...(await run.runErrors(RUN_LIMIT_MS)));

for (const fault of faults) console.log(fault);
console.log(
  `${symbols.size} exported symbols, ${examples.length} examples (${runnable.length} run), ${faults.length} faults`,
);
if (symbols.size === 0 || faults.length > 0) process.exitCode = 1;
