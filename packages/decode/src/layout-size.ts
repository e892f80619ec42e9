import type { Scalar, TypeLayout } from "./layout.ts";

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
 * @example
 * ```ts
 * import { layoutSize } from "@irqtrace/decode";
 *
 * console.log(layoutSize({ kind: "array", length: 272, stride: 8, of: "u64" })); // 2176
 * ```
 */
export function layoutSize(layout: TypeLayout): number {
  if (typeof layout === "string") return SCALAR_SIZES[layout];
  switch (layout.kind) {
    case "chars":
    case "bytes":
    case "struct":
      return layout.size;
    case "array":
      return layout.length * layout.stride;
    case "enum":
      return SCALAR_SIZES[layout.of];
  }
}
