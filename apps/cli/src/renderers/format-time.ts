/** The unit of the time columns. */
export interface TimeUnit {
  readonly suffix: "us" | "ns";
  format(ns: number): string;
}

// Three decimals are whole nanoseconds: a handler of 40 ns must not show as 0, and columns stay aligned at the point.
const MICROSECONDS: TimeUnit = { suffix: "us", format: (ns) => (ns / 1000).toFixed(3) };
const NANOSECONDS: TimeUnit = { suffix: "ns", format: (ns) => ns.toFixed(0) };

export function timeUnit(nanoseconds: boolean): TimeUnit {
  return nanoseconds ? NANOSECONDS : MICROSECONDS;
}
