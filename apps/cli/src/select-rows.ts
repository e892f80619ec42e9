import type { Invocation, SizeKey, SortKey } from "./invocation.ts";
import type { ReportRow, RowField } from "./report.ts";

export const SIZE_FIELDS: Readonly<Record<SizeKey, "totalNs" | "selfNs" | "count" | "avgNs" | "maxNs" | "p99Ns">> = {
  total: "totalNs",
  self: "selfNs",
  count: "count",
  avg: "avgNs",
  max: "maxNs",
  p99: "p99Ns",
};

/** The rows that the command line asks for, in its order: sizes fall, names and numbers rise; equal rows go by identity. */
export function selectRows<Row extends ReportRow>(
  rows: readonly Row[],
  invocation: Pick<Invocation, "command" | "matchesName" | "sort" | "top">,
): readonly Row[] {
  const ties: readonly RowField[] = [...invocation.command.identity, "name", "cpu"];
  return rows
    .filter((row) => invocation.matchesName(row.name))
    .sort((left, right) => compareByKey(invocation.sort, left, right) || compareByFields(ties, left, right))
    .slice(0, invocation.top);
}

function compareByKey(key: SortKey, left: ReportRow, right: ReportRow): number {
  if (key === "name" || key === "irq" || key === "vector") return compareValues(left[key], right[key]);
  const field = SIZE_FIELDS[key];
  return compareValues(right[field], left[field]);
}

function compareByFields(fields: readonly RowField[], left: ReportRow, right: ReportRow): number {
  for (const field of fields) {
    const order = compareValues(left[field], right[field]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(left: string | number | undefined, right: string | number | undefined): number {
  if (left === right) return 0;
  // Rows of one class may have what those of another lack: these come last.
  if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
  return left < right ? -1 : 1;
}
