import type { Scalar, TypeLayout } from "./layout.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";

const SCALAR_SIZES: Readonly<Record<Scalar, number>> = {
  bool: 1,
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u53: 8,
  i53: 8,
  u64: 8,
  i64: 8,
  f32: 4,
  f64: 8,
};

/**
 * The bytes that a value of this layout takes, trailing padding of structs included.
 *
 * @throws {LayoutMismatchError} when it is of no kind that there is.
 *
 * @example
 * ```ts
 * import { layoutSize } from "@irqtrace/decode";
 *
 * console.log(layoutSize({ kind: "array", length: 272, stride: 8, of: "u64" })); // 2176
 * ```
 */
export function layoutSize(layout: TypeLayout): number {
  if (typeof layout === "string") return scalarSize(layout);
  switch (layout?.kind) {
    case "chars":
    case "bytes":
    case "struct":
      return layout.size;
    case "array":
      return layout.length * layout.stride;
    case "enum":
      return scalarSize(layout.of);
    default:
      throw noLayout(layout);
  }
}

function scalarSize(scalar: Scalar): number {
  if (!Object.hasOwn(SCALAR_SIZES, scalar)) throw noLayout(scalar);
  return SCALAR_SIZES[scalar];
}

/** What the types rule out, and schemas that nobody here wrote can hold all the same. */
export function noLayout(layout: unknown): LayoutMismatchError {
  const isKind = typeof layout === "object" && layout !== null && "kind" in layout;
  const shown = isKind ? `of kind "${String(layout.kind)}"` : `"${String(layout)}"`;
  return new LayoutMismatchError(
    `Cannot lay out a value: there is no layout ${shown}. Read it as { kind: "bytes", size }, if it has a size.`,
  );
}
