export type { MapKind, MapLayout, ObjectSchema } from "@irqtrace/decode";
export { LayoutMismatchError } from "@irqtrace/decode";
export { probeBpfCall } from "./bpf-call.ts";
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
export type { LibbpfSource } from "./find-libbpf.ts";
export { type HostFacts, hostFacts } from "./host-facts.ts";
export { type KernelSymbol, type KernelSymbols, readKernelSymbols, showsKernelAddresses } from "./kernel-symbols.ts";
export { type LibbpfInfo, libbpf } from "./libbpf-info.ts";
export type { LiveArray } from "./live-array.ts";
export type { LiveSection } from "./live-section.ts";
export type { AttachOptions, LoadedObject } from "./loaded-object.ts";
export { missingCapabilities } from "./missing-capabilities.ts";
export type { LogSink } from "./native-calls.ts";
export {
  type ConfigureOptions,
  type OpenObject,
  type OpenOptions,
  openObject,
  type WithMapKinds,
} from "./open-object.ts";
export { openPinnedMap, type PinnedMap } from "./open-pinned-map.ts";
export { parseCpuList } from "./parse-cpu-list.ts";
export { unpin } from "./pin.ts";
export { possibleCpus } from "./possible-cpus.ts";
export type { BpfProgram, ProgramStatistics } from "./program-handle.ts";
export { enableStatistics } from "./program-statistics.ts";
export { hasRawTracepoint } from "./raw-tracepoint.ts";
export { type ReadSchemaOptions, readSchema } from "./read-schema.ts";
export {
  type AvailableOptions,
  type ConsumeOptions,
  type RecordHandler,
  type RingBuffer,
  ringBuffer,
} from "./ring-buffer.ts";
export { ringBufferLock } from "./ring-buffer-lock.ts";
export { readClock, type SystemClock, tickNs } from "./system-clock.ts";
export { hasTracepointBtf, kernelHasBtf } from "./tracepoint-btf.ts";
