export { checkRawSnapshot } from "./check-raw-snapshot.ts";
export { type Codec, codec } from "./codec.ts";
export {
  type BankOffsets,
  bankOffsets,
  type EpochMaxOffsets,
  epochMaxColumn,
  maxColumn,
  sumColumn,
  viewOf,
} from "./column.ts";
export { type Cost, costSince } from "./cost.ts";
export { countSince } from "./count-since.ts";
export { type CumulativeTimes, difference, type RowArithmetic, timesSince } from "./difference.ts";
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
export { rawHistogram } from "./raw-histogram.ts";
export { type Lost, type RawMap, type RawSnapshot, rawMap } from "./raw-snapshot.ts";
export { type Interval, lostSince, type Snapshot, snapshotOf } from "./snapshot.ts";
export { type CellTimes, cumulativeRows, IntervalRows, type Table, type TableTimes } from "./table.ts";
export { type TimedEvents, type TimedFields, timedFields } from "./timed-fields.ts";
export { addU53s, maxU53, perCpuStride, readU53, readU53s, sumU53 } from "./u53.ts";
