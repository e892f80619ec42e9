import { type Bar, isMet } from "./bars.ts";
import type { Spread } from "./statistics.ts";

/** Columns as wide as their widest cell: the first to the left, the others to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return lines.map((line) => `${line.map(pad).join("  ").trimEnd()}\n`).join("");
}

/** Median, smallest and largest. */
export function spreadCells(spread: Spread, digits: number): string[] {
  return [spread.median, spread.min, spread.max].map((value) => value.toFixed(digits));
}

/** Every promise, with what was measured. */
export function barTable(bars: readonly Bar[]): string {
  const rows = bars.map((bar) => {
    const digits = bar.limit >= 1_000 ? 0 : 2;
    const cells = bar.measured === null ? ["-", "-", "-"] : spreadCells(bar.measured, digits);
    const limit = `${bar.isLeast ? "at least" : "at most"} ${bar.limit}`;
    return [bar.what, limit, ...cells, bar.measured === null ? "not measured" : isMet(bar) ? "met" : "NOT MET"];
  });
  return table(["bar", "limit", "median", "min", "max", ""], rows);
}
