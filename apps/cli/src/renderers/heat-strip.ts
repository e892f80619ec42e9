const SIGNS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** What a strip's signs stand for: each begins at its limit and ends at the next. */
export interface HeatScale {
  readonly limits: readonly number[];
  readonly unit: string;
}

/** Percent of a CPU's time. */
export const SHARE_SCALE: HeatScale = { limits: [0.1, 0.3, 1, 3, 10, 30, 60], unit: "% of the CPU" };
/** Interrupts a second. */
export const RATE_SCALE: HeatScale = { limits: [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000], unit: "a second" };

/** A sign for each value, and a dot for nothing. */
export function heatStrip(values: readonly number[], { limits }: HeatScale): string {
  return values
    .map((value) => (value <= 0 ? "·" : (SIGNS[limits.filter((limit) => value >= limit).length] ?? "█")))
    .join("");
}

/** A line that tells the signs. */
export function heatLegend({ limits, unit }: HeatScale): string {
  const steps = limits.map((limit, index) => `${SIGNS[index]} <${limit}`);
  return `${[...steps, `${SIGNS[limits.length]} more`].join("  ")}  ${unit}`;
}
