import type { BitRange, FieldLayout, StructLayout, TypeLayout } from "./layout.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";

/**
 * Where a path leads inside a struct.
 *
 * @example
 * ```ts
 * import { type FieldLocation, fieldAt } from "@irqtrace/decode";
 *
 * const bss = { kind: "struct", name: ".bss", size: 4, fields: [{ name: "epoch", offset: 0, type: "u32" }] } as const;
 * const epoch: FieldLocation = fieldAt(bss, "epoch");
 * console.log(epoch.type); // u32
 * ```
 */
export interface FieldLocation {
  /** Bytes from the start of the outermost struct. */
  readonly offset: number;
  readonly type: TypeLayout;
  /** Present when the path ends at a bit-field. */
  readonly bits?: BitRange;
}

/**
 * The offset and layout of a nested field, written as in C: for readers that fold one field over many values without
 * decoding whole structs.
 *
 * @throws {LayoutMismatchError} when the struct has no such field, or an index is beyond its array.
 *
 * @example
 * ```ts
 * import { fieldAt } from "@irqtrace/decode";
 *
 * const bank = { kind: "struct", name: "bank", size: 16, fields: [
 *   { name: "count", offset: 0, type: "u53" },
 *   { name: "total_ns", offset: 8, type: "u53" },
 * ] } as const;
 * const cell = { kind: "struct", name: "cell", size: 40, fields: [
 *   { name: "writing", offset: 0, type: "u53" },
 *   { name: "banks", offset: 8, type: { kind: "array", length: 2, stride: 16, of: bank } },
 * ] } as const;
 * console.log(fieldAt(cell, "banks[1].total_ns").offset); // 32
 * ```
 */
export function fieldAt(struct: StructLayout, path: string): FieldLocation {
  let found: FieldLocation = { offset: 0, type: struct };
  let rest = `.${path}`;
  while (rest !== "") {
    const step = rest.startsWith("[") ? elementStep(found, rest) : memberStep(found, rest);
    if (step === null) {
      throw new LayoutMismatchError(
        `Cannot find "${path}" in struct ${struct.name}: nothing is at "${rest}". It has ${namesOf(found.type)}.`,
      );
    }
    found = step.found;
    rest = rest.slice(step.taken);
  }
  return found;
}

interface Step {
  readonly found: FieldLocation;
  readonly taken: number;
}

function elementStep(from: FieldLocation, rest: string): Step | null {
  const { type } = from;
  const match = /^\[(\d+)\]/.exec(rest);
  if (match === null || typeof type === "string" || type.kind !== "array") return null;
  const index = Number(match[1]);
  if (index >= type.length) return null;
  return { found: { offset: from.offset + index * type.stride, type: type.of }, taken: match[0].length };
}

function memberStep(from: FieldLocation, rest: string): Step | null {
  const { type } = from;
  if (!rest.startsWith(".") || typeof type === "string" || type.kind !== "struct") return null;
  const field = longestMatch(type.fields, rest.slice(1));
  if (field === null) return null;
  const offset = from.offset + field.offset;
  const found =
    field.bits === undefined ? { offset, type: field.type } : { offset, type: field.type, bits: field.bits };
  return { found, taken: 1 + field.name.length };
}

/** Static variables of C functions are named `function.variable`: a dot does not always end a name. */
function longestMatch(fields: readonly FieldLayout[], rest: string): FieldLayout | null {
  let longest: FieldLayout | null = null;
  for (const field of fields) {
    const after = rest[field.name.length];
    const ends = after === undefined || after === "." || after === "[";
    if (!ends || !rest.startsWith(field.name)) continue;
    if (longest === null || field.name.length > longest.name.length) longest = field;
  }
  return longest;
}

function namesOf(type: TypeLayout): string {
  if (typeof type === "string") return `no fields, being ${type}`;
  if (type.kind === "array") return `indices below ${type.length}`;
  if (type.kind !== "struct") return `no fields, being ${type.kind}`;
  return type.fields.map((field) => field.name).join(", ");
}
