import type { ObjectSchema } from "@irqtrace/decode";

/** What the module says besides the layouts. */
export interface EmitOptions {
  /** The object's file name, for the comment at the top. */
  readonly source: string;
  /** SHA-256 of the object's bytes, in hex: with it, opening that very object needs no comparison. */
  readonly sha256: string;
}

const LINE_WIDTH = 120;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/**
 * A TypeScript module with the schema as plain `as const` data, laid out as common formatters leave it. The same schema
 * gives the same text.
 */
export function emitLayouts(schema: ObjectSchema, { source, sha256 }: EmitOptions): string {
  const constant = constantName(schema.name);
  return [
    `// Generated from ${source} by the layouts command of @irqtrace/loader. Do not edit.`,
    "",
    `/** What ${source} declares: programs, maps and variables. */`,
    `export const ${constant} = ${expanded({ ...schema, sha256 }, 0)} as const;`,
    "",
  ].join("\n");
}

/** The schema's name as a constant of TypeScript: `tcp-life` becomes `tcpLife`. */
function constantName(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words
    .map((word, index) => (index === 0 ? word : `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`))
    .join("");
  return /^[A-Za-z]/.test(joined) ? joined : `object${joined}`;
}

// Formatters keep an object literal expanded if it begins with a line break, and join or break arrays by width.
function printed(value: unknown, indent: number, column: number): string {
  const line = oneLine(value);
  // The comma after it counts.
  return !isBroken(value) && column + line.length + 1 <= LINE_WIDTH ? line : expanded(value, indent);
}

function oneLine(value: unknown): string {
  if (isList(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return literal(value);
  const members = Object.entries(value).map(([key, member]) => `${printedKey(key)}: ${oneLine(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function expanded(value: unknown, indent: number): string {
  const inner = " ".repeat(indent + 2);
  const outer = " ".repeat(indent);
  if (isList(value)) {
    const items = value.map((item) => `${inner}${printed(item, indent + 2, indent + 2)},\n`);
    return `[\n${items.join("")}${outer}]`;
  }
  if (typeof value !== "object" || value === null) return literal(value);
  const members = Object.entries(value).map(([key, member]) => {
    const start = `${inner}${printedKey(key)}: `;
    return `${start}${printed(member, indent + 2, start.length)},\n`;
  });
  return members.length === 0 ? "{}" : `{\n${members.join("")}${outer}}`;
}

/** Lists of several objects, or of several lists, take a line each, and so does what holds them. */
function isBroken(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const parts = isList(value) ? value : Object.values(value);
  if (parts.some(isBroken)) return true;
  return isList(value) && value.length > 1 && value.every((item) => hasSeveralParts(item));
}

function hasSeveralParts(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 1;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function printedKey(key: string): string {
  // The one name that, written as the others, would be no member.
  if (key === "__proto__") return '["__proto__"]';
  return IDENTIFIER.test(key) ? key : literal(key);
}

// Formatters take the quotes that need fewer backslashes.
function literal(value: unknown): string {
  const text = JSON.stringify(value);
  if (typeof value !== "string" || value.split('"').length <= value.split("'").length) return text;
  return `'${text.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
