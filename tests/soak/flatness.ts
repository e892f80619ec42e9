/** What a fit through samples of a size that should not grow says. */
export interface Growth {
  /** Bytes gained over the measured time, by the fit. */
  readonly gainedBytes: number;
  readonly bytesPerHour: number;
}

/** Enough for a slope, and in the shortest run each still spans several collections of garbage. */
const WINDOWS = 24;
const HOUR_NS = 3_600e9;

/**
 * The growth of `bytes` over the times `atNs`. Memory of a program with a garbage collector is a saw: what is left after
 * a collection tells of a leak, what piles up before the next one does not. So the least of each window counts, and the
 * slope is the median of those between all pairs of windows (Theil and Sen), which a few odd windows do not move.
 */
export function growthOf(atNs: readonly number[], bytes: readonly number[]): Growth {
  const start = atNs[0] ?? 0;
  const lengthNs = (atNs.at(-1) ?? 0) - start;
  const least = new Map<number, readonly [atNs: number, bytes: number]>();
  for (const [index, at] of atNs.entries()) {
    const window = Math.min(WINDOWS - 1, Math.floor(((at - start) / lengthNs) * WINDOWS));
    const size = bytes[index] ?? 0;
    if (size < (least.get(window)?.[1] ?? Number.POSITIVE_INFINITY)) least.set(window, [at, size]);
  }
  const points = [...least.values()];
  if (points.length < WINDOWS / 2) throw new RangeError(`Samples in ${points.length} windows are too few for a slope.`);
  const slopes = points.flatMap(([at, size], index) =>
    points.slice(index + 1).map(([laterAt, laterSize]) => (laterSize - size) / (laterAt - at)),
  );
  const slope = median(slopes);
  return { gainedBytes: slope * lengthNs, bytesPerHour: slope * HOUR_NS };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}
