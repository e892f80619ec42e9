import type { ReportRow } from "../report.ts";
import { type Cell, csvLine, hasLost, reportCells, reportFields } from "./csv-lines.ts";
import type { CreateRenderer } from "./renderer.ts";
import { rowFields } from "./row-fields.ts";

const BUCKET_FIELDS = ["lowNs", "highNs", "bucketCount"] as const;

/**
 * Comma-separated values with a header: a line per row, or with --dist a line per bucket of each row, all led by the
 * report's own fields. Quoted as in RFC 4180, but lines end in a bare newline, which cut and awk expect.
 */
export const createCsvRenderer: CreateRenderer = (invocation, surface) => {
  const { distribution, measure, cost, command } = invocation;
  const head = { schema: command.schema, measure, cost };
  const fields = rowFields(invocation);
  const bucketFields = distribution ? BUCKET_FIELDS : [];
  const line = (cells: readonly Cell[]): string => csvLine(cells, surface.isTTY);
  let header = line([...reportFields(head), ...fields, ...bucketFields]);

  return (report) => {
    const led = reportCells(head, report);
    const lines = report.rows.flatMap((row) => {
      const cells = [...led, ...fields.map((field) => row[field])];
      return distribution ? bucketCells(row).map((bucket) => line([...cells, ...bucket])) : [line(cells)];
    });
    // What was lost, or asked for, must show even where no row could carry it.
    if (lines.length === 0 && (cost || hasLost(report)))
      lines.push(line([...led, ...fields.map(() => ""), ...bucketFields.map(() => "")]));
    const text = header + lines.join("");
    header = "";
    return text;
  };
};

function bucketCells(row: ReportRow): readonly (readonly number[])[] {
  return row.histogram?.buckets() ?? [];
}
