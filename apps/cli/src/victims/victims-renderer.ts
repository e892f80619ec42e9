import type { VictimRow } from "@irqtrace/interrupts";
import { type Cell, csvLine, hasLost, reportCells, reportFields } from "../renderers/csv-lines.ts";
import { jsonReport } from "../renderers/json-report.ts";
import type { Renderer, Surface } from "../renderers/renderer.ts";
import { groupVictims } from "./group-victims.ts";
import type { VictimsInvocation } from "./victims-invocation.ts";

const SCHEMA = "irqtrace.victims/1";

/** The fields of a row in JSON and CSV, in their order. */
const FIELDS = [
  "victimKind",
  "victim",
  "tid",
  "pid",
  "cgroup",
  "class",
  "irq",
  "vector",
  "name",
  "count",
  "totalNs",
] as const satisfies readonly (keyof VictimRow)[];

/** Loads the one renderer that is needed. */
export async function loadVictimsRenderer(
  invocation: VictimsInvocation,
  surface: Surface,
): Promise<Renderer<VictimRow>> {
  if (invocation.format === "json") return createVictimsJson(invocation);
  if (invocation.format === "csv") return createVictimsCsv(invocation, surface);
  return (await import("./victims-table.ts")).createVictimsTable(invocation, surface);
}

/** The rows of the victims that are shown, those of one victim together. */
function selectedRows(rows: readonly VictimRow[], invocation: VictimsInvocation): readonly VictimRow[] {
  return groupVictims(rows, invocation).flatMap(({ sources }) => sources);
}

function createVictimsJson(invocation: VictimsInvocation): Renderer<VictimRow> {
  return (report) => {
    const rows = selectedRows(report.rows, invocation).map((row) =>
      Object.fromEntries(FIELDS.map((field) => [field, row[field]])),
    );
    return jsonReport(SCHEMA, report, rows, { by: invocation.by });
  };
}

function createVictimsCsv(invocation: VictimsInvocation, surface: Surface): Renderer<VictimRow> {
  const head = { schema: SCHEMA, measure: "time", cost: invocation.cost } as const;
  const line = (cells: readonly Cell[]): string => csvLine(cells, surface.isTTY);
  let header = line([...reportFields(head), ...FIELDS]);
  return (report) => {
    const led = reportCells(head, report);
    const lines = selectedRows(report.rows, invocation).map((row) =>
      line([...led, ...FIELDS.map((field) => row[field])]),
    );
    if (lines.length === 0 && (invocation.cost || hasLost(report))) lines.push(line([...led, ...FIELDS.map(() => "")]));
    const text = header + lines.join("");
    header = "";
    return text;
  };
}
