import type { ReportRow } from "../report.ts";
import { type Cell, csvLine, hasLost, reportCells, reportFields } from "./csv-lines.ts";
import type { CreateRenderer } from "./renderer.ts";
import { rowFields } from "./row-fields.ts";
import { type Waits, waitCells, waitColumns } from "./wait-fields.ts";

const BUCKET_FIELDS = ["lowNs", "highNs", "bucketCount"] as const;

/**
 * Comma-separated values with a header: a line per row, or with --dist a line per bucket of each row, all led by the
 * report's own fields. Quoted as in RFC 4180, but lines end in a bare newline, which cut and awk expect.
 */
export const createCsvRenderer: CreateRenderer = (invocation, surface) => {
  const { distribution, measure, cost, command } = invocation;
  const head = { schema: command.schema, measure, cost };
  const fields = rowFields(invocation);
  const waitFields = waitColumns(invocation);
  const bucketFields = distribution ? bucketFieldsOf(invocation) : [];
  const line = (cells: readonly Cell[]): string => csvLine(cells, surface.isTTY);
  let header = line([...reportFields(head), ...fields, ...waitFields, ...bucketFields]);

  return (report) => {
    const led = reportCells(head, report);
    const lines = report.rows.flatMap((row) => {
      const cells = [...led, ...fields.map((field) => row[field]), ...waitCells(invocation, row)];
      return distribution ? bucketCells(invocation, row).map((bucket) => line([...cells, ...bucket])) : [line(cells)];
    });
    // What was lost, or asked for, must show even where no row could carry it.
    if (lines.length === 0 && (cost || hasLost(report)))
      lines.push(line([...led, ...[...fields, ...waitFields, ...bucketFields].map(() => "")]));
    const text = header + lines.join("");
    header = "";
    return text;
  };
};

function bucketFieldsOf({ latency }: Waits): readonly string[] {
  return latency ? ["distribution", ...BUCKET_FIELDS] : BUCKET_FIELDS;
}

/** With waits a row has two distributions; one of which neither has a bucket is a line all the same. */
function bucketCells({ latency }: Waits, row: ReportRow): readonly (readonly (string | number)[])[] {
  const times = row.histogram?.buckets() ?? [];
  if (!latency) return times;
  const waits = row.latency?.histogram.buckets() ?? [];
  const lines = [...times.map((bucket) => ["time", ...bucket]), ...waits.map((bucket) => ["latency", ...bucket])];
  return lines.length === 0 ? [["", "", "", ""]] : lines;
}
