import { escapeControl } from "../escape-control.ts";
import type { Invocation } from "../invocation.ts";
import type { Report } from "../report.ts";

/** What a line holds; what is absent is empty. */
export type Cell = string | number | null | undefined;

/** What decides which of a report's own fields there are. */
export interface CsvHead extends Pick<Invocation, "measure" | "cost"> {
  readonly schema: string;
}

const COST_FIELDS = ["runTimeNs", "runCount", "eventCount", "processCpuNs", "processMemoryBytes"] as const;

/** A line, quoted as in RFC 4180; a name must not act as a control sequence on a terminal. */
export function csvLine(cells: readonly Cell[], isTTY: boolean): string {
  return `${cells.map((cell) => quoteCell(isTTY && typeof cell === "string" ? escapeControl(cell) : cell)).join(",")}\n`;
}

/** The names of the fields that lead each line. */
export function reportFields(head: Pick<CsvHead, "measure" | "cost">): readonly string[] {
  const unmatched = head.measure === "time" ? ["unmatched"] : [];
  const cost = head.cost ? COST_FIELDS : [];
  return ["schema", "start", "intervalNs", ...unmatched, "tableFull", "recursionMisses", ...cost];
}

/** The values of {@link reportFields}. */
export function reportCells(head: CsvHead, report: Report<unknown>): readonly Cell[] {
  const unmatched = head.measure === "time" ? [report.lost.unmatched] : [];
  const { tableFull, recursionMisses } = report.lost;
  return [
    head.schema,
    report.start.toISOString(),
    report.lengthNs,
    ...unmatched,
    tableFull,
    recursionMisses,
    ...(head.cost ? COST_FIELDS.map((field) => report.cost?.[field]) : []),
  ];
}

/** Whether a report must be told of even where it has no rows. */
export function hasLost(report: Pick<Report, "lost">): boolean {
  return Object.values(report.lost).some((count) => count !== null && count !== 0);
}

function quoteCell(cell: Cell): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
