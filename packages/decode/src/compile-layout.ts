import type { Accessor } from "./accessor.ts";
import { bitsAccessor } from "./bits-accessor.ts";
import { bytesAccessor, charsAccessor } from "./bytes-accessor.ts";
import type { ArrayLayout, FieldLayout, StructLayout, TypeLayout } from "./layout.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import { layoutSize } from "./layout-size.ts";
import { scalarAccessor } from "./scalar-accessor.ts";
import { describe } from "./whole-number.ts";

/**
 * Checks a layout against itself and turns it into what reads and writes it. Layouts may come from the BTF of objects
 * that nobody here wrote: all that could lead out of bounds is refused now, so that no read needs to check again.
 */
export function compileLayout(layout: TypeLayout, path: string): Accessor {
  // Throws for what is no layout.
  layoutSize(layout);
  if (typeof layout === "string") return scalarAccessor(layout, path);
  switch (layout.kind) {
    case "chars":
      return charsAccessor(checkSize(layout.size, path), path);
    case "bytes":
      return bytesAccessor(checkSize(layout.size, path), path);
    case "enum":
      return scalarAccessor(layout.of, path);
    case "array":
      return arrayAccessor(layout, path);
    case "struct":
      return structAccessor(layout, path);
  }
}

function arrayAccessor(layout: ArrayLayout, path: string): Accessor {
  const { length, stride } = layout;
  const element = compileLayout(layout.of, `${path}[]`);
  if (checkSize(stride, path) < element.size) {
    throw new LayoutMismatchError(
      `Cannot lay out "${path}": elements of ${element.size} bytes overlap every ${stride} bytes.`,
    );
  }
  // No view is too short for them, so nothing else bounds how many are made.
  if (stride === 0 && length > 0) {
    throw new LayoutMismatchError(`Cannot lay out "${path}": ${length} elements take no bytes. Read them as bytes.`);
  }
  return {
    size: checkSize(checkSize(length, path) * stride, path),
    read(view, at) {
      const values: unknown[] = [];
      for (let index = 0; index < length; index += 1) values.push(element.read(view, at + index * stride));
      return values;
    },
    write(value, view, at) {
      if (!Array.isArray(value)) {
        throw new TypeError(`Cannot write "${path}": an array belongs there, this is ${describe(value)}.`);
      }
      if (value.length !== length) {
        throw new RangeError(`Cannot write "${path}": it has ${length} elements, these are ${value.length}.`);
      }
      for (let index = 0; index < length; index += 1) element.write(value[index], view, at + index * stride);
    },
  };
}

interface Field {
  readonly name: string;
  readonly offset: number;
  readonly accessor: Accessor;
}

function structAccessor(layout: StructLayout, path: string): Accessor {
  const size = checkSize(layout.size, path);
  if (!Array.isArray(layout.fields)) throw new LayoutMismatchError(`Cannot lay out "${path}": it has no fields.`);
  const fields = layout.fields.map((field) => compileField(field, size, path));
  const names = new Set(fields.map((field) => field.name));
  if (names.size < fields.length) {
    throw new LayoutMismatchError(`Cannot lay out "${path}": two fields of struct ${layout.name} have one name.`);
  }
  // Assigning to this one name would set the prototype instead.
  if (names.has("__proto__")) {
    throw new LayoutMismatchError(`Cannot lay out "${path}": "__proto__" cannot be a field. Read it as bytes.`);
  }
  return {
    size,
    read(view, at) {
      const value: Record<string, unknown> = {};
      for (const field of fields) value[field.name] = field.accessor.read(view, at + field.offset);
      return value;
    },
    write(value, view, at) {
      if (typeof value !== "object" || value === null) {
        throw new TypeError(`Cannot write "${path}": an object belongs there, this is ${describe(value)}.`);
      }
      const record = value as Readonly<Record<string, unknown>>;
      for (const field of fields) field.accessor.write(record[field.name], view, at + field.offset);
    },
  };
}

function compileField(field: FieldLayout, structSize: number, structPath: string): Field {
  const path = `${structPath}.${field.name}`;
  const accessor =
    field.bits === undefined ? compileLayout(field.type, path) : bitsAccessor(field.type, field.bits, path);
  if (checkSize(field.offset, path) + accessor.size > structSize) {
    throw new LayoutMismatchError(
      `Cannot lay out "${path}": bytes ${field.offset} to ${field.offset + accessor.size} are outside its struct of ${structSize}.`,
    );
  }
  return { name: field.name, offset: field.offset, accessor };
}

function checkSize(bytes: number, path: string): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw new LayoutMismatchError(`Cannot lay out "${path}": ${bytes} is no size, length, stride or offset.`);
}

/** The name of a layout in messages, where no field name says it better. */
export function layoutName(layout: TypeLayout): string {
  const size = layoutSize(layout);
  if (typeof layout === "string") return layout;
  return "name" in layout ? layout.name : `${layout.kind} of ${size} bytes`;
}
