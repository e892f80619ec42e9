export { LayoutMismatchError } from "@irqtrace/decode";
export type { MapKind, MapLayout, ObjectSchema } from "@irqtrace/decode";
export type { BpfMap, BpfMapValue, SetMode } from "./bpf-map.ts";
export {
  BpfError,
  type BpfErrorDetails,
  UnsupportedKernelError,
  type UnsupportedKernelErrorDetails,
  UnsupportedPlatformError,
  VerifierError,
  type VerifierErrorDetails,
} from "./errors.ts";
export { libbpf } from "./libbpf-info.ts";
export type { LiveArray } from "./live-array.ts";
export type { LiveSection } from "./live-section.ts";
export type { AttachOptions, LoadedObject } from "./loaded-object.ts";
export type { LogSink } from "./native-calls.ts";
export { type ConfigureOptions, type OpenObject, openObject, type OpenOptions, type WithMapKinds } from "./open-object.ts";
export { missingCapabilities } from "./missing-capabilities.ts";
export { parseCpuList } from "./parse-cpu-list.ts";
export { possibleCpus } from "./possible-cpus.ts";
export type { BpfProgram, ProgramStatistics } from "./program-handle.ts";
export { readSchema, type ReadSchemaOptions } from "./read-schema.ts";
export { hasTracepointBtf, kernelHasBtf } from "./tracepoint-btf.ts";
