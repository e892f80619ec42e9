import type { Report } from "../report.ts";

const BYTES_PER_MB = 1e6;

/** One line on what tracing cost while the report's events were counted; nothing if that was not asked for. */
export function costLine({ cost, lengthNs }: Pick<Report, "cost" | "lengthNs">): string {
  if (cost === undefined) return "";
  const { runTimeNs, eventCount, processCpuNs, processMemoryBytes } = cost;
  const share = (ns: number): string => `${(lengthNs > 0 ? (100 * ns) / lengthNs : 0).toFixed(2)} %`;
  const memory = `${Math.round(processMemoryBytes / BYTES_PER_MB)} MB`;
  if (runTimeNs === null) return `cost: irqtrace itself ${share(processCpuNs)} of a CPU and ${memory}\n`;
  const perEvent = eventCount === 0 ? "" : `, ${Math.round(runTimeNs / eventCount)} ns per event`;
  return `cost: ${share(runTimeNs)} of a CPU in the kernel${perEvent}; irqtrace itself ${share(processCpuNs)} and ${memory}\n`;
}
