/**
 * How many events came after `earlier` and not after `later`: cumulative counts never fall.
 *
 * @param what Names the count where it does.
 * @throws RangeError if it is less than it was: `earlier` is of another tracer, or is not the earlier one.
 *
 * @example
 * ```ts
 * import { countSince } from "@irqtrace/decode";
 *
 * console.log(countSince(25, 10, "count")); // 15
 * ```
 */
export function countSince(later: number, earlier: number, what: string): number {
  const gained = later - earlier;
  if (gained >= 0) return gained;
  throw new RangeError(
    `Cannot take the difference: "${what}" was ${earlier} and is ${later} later. Pass two snapshots of one tracer, the later one first.`,
  );
}
