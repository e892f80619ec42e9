import { escapeControl } from "../escape-control.ts";
import type { Invocation } from "../invocation.ts";
import type { Report, ReportRow } from "../report.ts";
import type { CreateRenderer } from "./renderer.ts";
import { rowFields } from "./row-fields.ts";

type Cell = string | number | null | undefined;

const COST_FIELDS = ["runTimeNs", "runCount", "eventCount", "processCpuNs", "processMemoryBytes"] as const;
const BUCKET_FIELDS = ["lowNs", "highNs", "bucketCount"] as const;

/**
 * Comma-separated values with a header: a line per row, or with --dist a line per bucket of each row, all led by the
 * report's own fields. Quoted as in RFC 4180, but lines end in a bare newline, which cut and awk expect.
 */
export const createCsvRenderer: CreateRenderer = (invocation, surface) => {
  const fields = rowFields(invocation);
  const bucketFields = invocation.distribution ? BUCKET_FIELDS : [];
  const line = (cells: readonly Cell[]): string =>
    `${cells.map((cell) => quoteCell(surface.isTTY && typeof cell === "string" ? escapeControl(cell) : cell)).join(",")}\n`;
  let header = line([...reportFields(invocation), ...fields, ...bucketFields]);

  return (report) => {
    const led = reportCells(invocation, report);
    const lines = report.rows.flatMap((row) => {
      const cells = [...led, ...fields.map((field) => row[field])];
      return invocation.distribution ? bucketCells(row).map((bucket) => line([...cells, ...bucket])) : [line(cells)];
    });
    // What was lost, or asked for, must show even where no row could carry it.
    if (lines.length === 0 && (invocation.cost || hasLost(report)))
      lines.push(line([...led, ...fields.map(() => ""), ...bucketFields.map(() => "")]));
    const text = header + lines.join("");
    header = "";
    return text;
  };
};

function reportFields(invocation: Invocation): readonly string[] {
  const unmatched = invocation.measure === "time" ? ["unmatched"] : [];
  const cost = invocation.cost ? COST_FIELDS : [];
  return ["schema", "start", "intervalNs", ...unmatched, "tableFull", "recursionMisses", ...cost];
}

function reportCells(invocation: Invocation, report: Report): readonly Cell[] {
  const unmatched = invocation.measure === "time" ? [report.lost.unmatched] : [];
  const { tableFull, recursionMisses } = report.lost;
  return [
    invocation.command.schema,
    report.start.toISOString(),
    report.lengthNs,
    ...unmatched,
    tableFull,
    recursionMisses,
    ...(invocation.cost ? COST_FIELDS.map((field) => report.cost?.[field]) : []),
  ];
}

function bucketCells(row: ReportRow): readonly (readonly number[])[] {
  return row.histogram?.buckets() ?? [];
}

function hasLost(report: Report): boolean {
  return Object.values(report.lost).some((count) => count !== null && count !== 0);
}

function quoteCell(cell: Cell): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
