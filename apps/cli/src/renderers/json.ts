import type { ReportRow } from "../report.ts";
import { jsonReport } from "./json-report.ts";
import type { CreateRenderer } from "./renderer.ts";
import { rowFields } from "./row-fields.ts";
import { waitMembers } from "./wait-fields.ts";

/** NDJSON: one object per report and line, in the schema of the command's package. */
export const createJsonRenderer: CreateRenderer = (invocation) => {
  const fields = rowFields(invocation);
  return (report) =>
    jsonReport(
      invocation.command.schema,
      report,
      report.rows.map((row) => ({
        ...Object.fromEntries(fields.map((field) => [field, row[field]])),
        ...(invocation.distribution ? { histogram: buckets(row) } : {}),
        ...waitMembers(invocation, row, invocation.distribution),
      })),
    );
};

function buckets(row: ReportRow): unknown {
  return row.histogram?.buckets();
}
