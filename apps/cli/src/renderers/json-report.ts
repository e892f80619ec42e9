import { escapeControlInJson } from "../escape-control.ts";
import type { Report } from "../report.ts";

/** A report as a line of NDJSON, with these rows. `more` comes after the schema. */
export function jsonReport(
  schema: string,
  report: Report<unknown>,
  rows: readonly unknown[],
  more: Readonly<Record<string, unknown>> = {},
): string {
  const { unmatched, tableFull, recursionMisses } = report.lost;
  const object = {
    schema,
    ...more,
    start: report.start.toISOString(),
    intervalNs: report.lengthNs,
    // With counts only there is no unmatched, without --cost no cost, without --findings none of these, and JSON leaves out what is undefined.
    lost: { unmatched, tableFull, recursionMisses },
    cost: report.cost,
    findings: report.findings,
    rows,
  };
  return `${escapeControlInJson(JSON.stringify(object))}\n`;
}
