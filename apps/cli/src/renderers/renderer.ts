import type { Invocation } from "../invocation.ts";
import type { Report, ReportRow } from "../report.ts";

/** What a renderer must know of the place it writes for. */
export interface Surface {
  /** True on a terminal, where a name must not act as a control sequence. */
  readonly isTTY: boolean;
  /** Characters a line may take; read anew for each report, since terminals change size. */
  readonly columns: number | undefined;
  utcOffsetMinutes(date: Date): number;
}

/** Text of one report, whole lines. A renderer may remember that it has printed a header. */
export type Renderer<Row = ReportRow> = (report: Report<Row>) => string;

export type CreateRenderer = (invocation: Invocation, surface: Surface) => Renderer;

/** Loads the one renderer that is needed: the others would only cost start-up time. */
export async function loadRenderer(invocation: Invocation, surface: Surface): Promise<Renderer> {
  return (await loadFactory(invocation))(invocation, surface);
}

async function loadFactory(invocation: Invocation): Promise<CreateRenderer> {
  if (invocation.format === "json") return (await import("./json.ts")).createJsonRenderer;
  if (invocation.format === "csv") return (await import("./csv.ts")).createCsvRenderer;
  if (invocation.distribution) return (await import("./distribution.ts")).createDistributionRenderer;
  return (await import("./table.ts")).createTableRenderer;
}
