import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Comment, type ParseResult, parseSync, type Statement, type StaticExportEntry } from "oxc-parser";

/** A name that a package's entry exports, at the place where it is declared. */
export interface PublicSymbol {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Functions and classes need an example. */
  readonly isCallable: boolean;
  /** The doc comment without its frame; null where there is none. */
  readonly comment: string | null;
}

interface ParsedFile {
  readonly path: string;
  readonly text: string;
  readonly parsed: ParseResult;
}

/** Follows the re-exports of an entry file to the declarations. Names re-exported from other packages are left to these. */
export function publicSymbols(entry: string): readonly PublicSymbol[] {
  const file = parseFile(entry);
  const entries = file.parsed.module.staticExports.flatMap((statement) => statement.entries);
  const symbols = entries.flatMap((exported) => symbolOf(file, exported));
  // Overloads are exported one by one, under one name.
  return [...new Map(symbols.map((symbol) => [`${symbol.file} ${symbol.name}`, symbol])).values()];
}

function parseFile(path: string): ParsedFile {
  const text = readFileSync(path, "utf8");
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error !== undefined) throw new SyntaxError(`Cannot parse ${path}: ${error.message}`);
  return { path, text, parsed };
}

function symbolOf(file: ParsedFile, exported: StaticExportEntry): readonly PublicSymbol[] {
  const name = exported.exportName.name;
  if (name === null) throw new SyntaxError(`${file.path}:${lineAt(file.text, exported.start)}: name what is exported.`);
  if (exported.moduleRequest !== null)
    return symbolIn(file, exported.moduleRequest.value, exported.importName.name ?? name);
  const local = exported.localName.name ?? name;
  for (const statement of file.parsed.module.staticImports) {
    const imported = statement.entries.find((candidate) => candidate.localName.value === local);
    if (imported !== undefined) return symbolIn(file, statement.moduleRequest.value, imported.importName.name ?? local);
  }
  return declarationsOf(file, local);
}

function symbolIn(from: ParsedFile, module: string, name: string): readonly PublicSymbol[] {
  if (!module.startsWith(".")) return [];
  const file = parseFile(join(dirname(from.path), module));
  const entries = file.parsed.module.staticExports.flatMap((statement) => statement.entries);
  const exported = entries.find((entry) => entry.exportName.name === name);
  if (exported === undefined) throw new SyntaxError(`${from.path}: ${module} exports no ${name}.`);
  return symbolOf(file, exported);
}

/** One symbol for each name: of a function's overloads, or an interface beside its class, the first documented one. */
function declarationsOf(file: ParsedFile, name: string): readonly PublicSymbol[] {
  const found = file.parsed.program.body.flatMap((statement) => {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declaration === null || !declaredNames(declaration).includes(name)) return [];
    const isCallable = /Function|Class/.test(declaration.type);
    const comment = commentBefore(file, statement.start);
    return [{ name, file: file.path, line: lineAt(file.text, statement.start), isCallable, comment }];
  });
  const symbol = found.find((candidate) => candidate.comment !== null) ?? found[0];
  if (symbol === undefined) throw new SyntaxError(`${file.path}: no declaration of ${name}.`);
  return [symbol];
}

function declaredNames(declaration: Statement): readonly string[] {
  if (declaration.type === "VariableDeclaration") {
    return declaration.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
  }
  return "id" in declaration && declaration.id?.type === "Identifier" ? [declaration.id.name] : [];
}

function commentBefore({ text, parsed }: ParsedFile, start: number): string | null {
  const before = parsed.comments.findLast((comment) => comment.end <= start);
  if (before === undefined || !isDocComment(before) || text.slice(before.end, start).trim() !== "") return null;
  return unframed(before);
}

export function isDocComment(comment: Comment): boolean {
  return comment.type === "Block" && comment.value.startsWith("*");
}

/** The text of a doc comment, line for line, without the stars in front. */
export function unframed(comment: Comment): string {
  return comment.value.slice(1).replace(/^[ \t]*\* ?/gm, "");
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
