import { frameReport } from "./frame-report.ts";
import type { CreateRenderer } from "./renderer.ts";
import { tableColumns } from "./table-columns.ts";
import { tableText } from "./table-text.ts";

/** One line per row under a header. */
export const createTableRenderer: CreateRenderer = (invocation, surface) => {
  const columns = tableColumns(invocation);
  return frameReport(invocation, surface, (report) =>
    tableText(columns, report, surface.columns ?? Number.POSITIVE_INFINITY),
  );
};
