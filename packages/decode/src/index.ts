export { type Codec, codec } from "./codec.ts";
export { type FieldLocation, fieldAt } from "./field-at.ts";
export { Histogram } from "./histogram.ts";
export { BUCKET_COUNT, type BucketBounds, bucketBounds, bucketIndex } from "./histogram-buckets.ts";
export type {
  ArrayLayout,
  BitRange,
  BytesLayout,
  CharsLayout,
  EnumLayout,
  FieldLayout,
  IntegerScalar,
  Scalar,
  StructLayout,
  TypeLayout,
  Value,
} from "./layout.ts";
export { LayoutMismatchError } from "./layout-mismatch-error.ts";
export { layoutSize } from "./layout-size.ts";
export { isPerCpuKind, MAP_KINDS, type MapKind, mapKind, type PerCpuKind } from "./map-kind.ts";
export type {
  MapCpuValue,
  MapKey,
  MapLayout,
  MapName,
  MapValue,
  ObjectSchema,
  ProgramLayout,
  ProgramName,
  SectionLayouts,
  SectionName,
  SectionValue,
} from "./object-schema.ts";
export type { HistogramBucket } from "./powers-of-two.ts";
export { addU53s, maxU53, perCpuStride, readU53, readU53s, sumU53 } from "./u53.ts";
