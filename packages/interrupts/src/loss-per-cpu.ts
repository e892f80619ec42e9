import type { SlowLost } from "./slow-tracer.ts";

/** What one CPU did not report, as slow.bpf.c counts it. */
interface Losses {
  readonly suppressed: bigint | number;
  readonly refused: bigint | number;
}

/**
 * The CPUs that lost events.
 *
 * @param losses In the order of the possible CPUs, as per-CPU values are.
 * @param cpus Their numbers, which may have gaps.
 */
export function lossPerCpu(losses: readonly Losses[], cpus: readonly number[]): SlowLost["perCpu"] {
  return losses
    .map(({ suppressed, refused }, index) => ({
      cpu: cpus[index] ?? index,
      suppressed: Number(suppressed),
      bufferFull: Number(refused),
    }))
    .filter(({ suppressed, bufferFull }) => suppressed + bufferFull > 0);
}
