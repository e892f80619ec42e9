import { readFileSync } from "node:fs";
import { parseSync } from "oxc-parser";
import { isDocComment, lineAt, unframed } from "./public-symbols.ts";

/** A fenced block of TypeScript in a doc comment's @example or in a README. */
export interface CodeExample {
  readonly file: string;
  /** Of the first line of code. */
  readonly line: number;
  readonly code: string;
  /** Its first line is `// kernel`: it loads BPF programs. */
  readonly needsKernel: boolean;
}

/** The blocks below `@example` in every doc comment of a source file. */
export function examplesInSource(file: string): readonly CodeExample[] {
  const text = readFileSync(file, "utf8");
  return parseSync(file, text)
    .comments.filter(isDocComment)
    .flatMap((comment) => {
      const doc = unframed(comment);
      const begin = doc.search(/^@example\b/m);
      if (begin < 0) return [];
      return fencedBlocks(file, doc, lineAt(text, comment.start)).filter((example) => example.offset > begin);
    })
    .map(({ offset: _, ...example }) => example);
}

/** Every block of a Markdown file. */
export function examplesInMarkdown(file: string): readonly CodeExample[] {
  return fencedBlocks(file, readFileSync(file, "utf8"), 1).map(({ offset: _, ...example }) => example);
}

function fencedBlocks(file: string, text: string, firstLine: number): readonly (CodeExample & { offset: number })[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => {
    const code = match[1] ?? "";
    const line = firstLine + lineAt(text, match.index);
    return { file, line, code, needsKernel: /^\/\/ kernel\b/.test(code), offset: match.index };
  });
}
