import { escapeControlInJson } from "../escape-control.ts";
import type { ReportRow } from "../report.ts";
import type { CreateRenderer } from "./renderer.ts";
import { rowFields } from "./row-fields.ts";

/** NDJSON: one object per report and line, in the schema of the command's package. */
export const createJsonRenderer: CreateRenderer = (invocation) => {
  const fields = rowFields(invocation);
  return (report) => {
    const { unmatched, tableFull, recursionMisses } = report.lost;
    const object = {
      schema: invocation.command.schema,
      start: report.start.toISOString(),
      intervalNs: report.lengthNs,
      // With counts only there is no unmatched, without --cost no cost, and JSON leaves out what is undefined.
      lost: { unmatched, tableFull, recursionMisses },
      cost: report.cost,
      rows: report.rows.map((row) => ({
        ...Object.fromEntries(fields.map((field) => [field, row[field]])),
        ...(invocation.distribution ? { histogram: buckets(row) } : {}),
      })),
    };
    return `${escapeControlInJson(JSON.stringify(object))}\n`;
  };
};

function buckets(row: ReportRow): unknown {
  return row.histogram?.buckets();
}
