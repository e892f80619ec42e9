import type { DecodeSpeed } from "./decode-speed.ts";
import { type LinearFit, linearFit } from "./statistics.ts";

/** How the time grows with the cells. */
export interface DecodeGrowth extends LinearFit {
  /** Of the line through the two smallest readings, and through the two largest. */
  readonly firstNsPerCell: number;
  readonly lastNsPerCell: number;
}

/** The line of ms by cells, whose slope is told in ns, and what its ends say by themselves. */
export function decodeGrowth(speeds: readonly Pick<DecodeSpeed, "cpus" | "sources" | "ms">[]): DecodeGrowth {
  const points = speeds
    .map(({ cpus, sources, ms }) => [cpus * sources, ms.median] as const)
    .toSorted(([one], [other]) => one - other);
  const line = linearFit(points);
  const nsPerCell = (part: typeof points): number => linearFit(part).slope * 1e6;
  return {
    ...line,
    slope: line.slope * 1e6,
    firstNsPerCell: nsPerCell(points.slice(0, 2)),
    lastNsPerCell: nsPerCell(points.slice(-2)),
  };
}
