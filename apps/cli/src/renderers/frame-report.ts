import { escapeControl } from "../escape-control.ts";
import type { Invocation } from "../invocation.ts";
import type { Report, ReportRow } from "../report.ts";
import { costLine } from "./format-cost.ts";
import { formatTimestamp } from "./format-timestamp.ts";
import type { Renderer, Surface } from "./renderer.ts";

const NO_EVENTS = "(no events)\n";

/**
 * What tables and histograms share: an empty line between reports, the time before each when asked for, a word where
 * nothing happened, and after each what was lost, what it cost, and what is worth a look.
 */
export function frameReport<Row = ReportRow>(
  invocation: Pick<Invocation, "timestamp">,
  surface: Surface,
  body: Renderer<Row>,
): Renderer<Row> {
  let separator = "";
  return (report) => {
    const text =
      separator +
      timestampLine(invocation, surface, report) +
      body(report) +
      (report.rows.length === 0 ? NO_EVENTS : "") +
      lostLine(report) +
      costLine(report) +
      findingLines(report);
    separator = "\n";
    return text;
  };
}

function timestampLine(
  { timestamp }: Pick<Invocation, "timestamp">,
  surface: Surface,
  { start }: Pick<Report, "start">,
): string {
  if (timestamp === "none") return "";
  return `${formatTimestamp(start, timestamp === "utc" ? null : surface.utcOffsetMinutes(start))}\n`;
}

function findingLines({ findings = [] }: Pick<Report, "findings">): string {
  return findings.map(({ sentence }) => `finding: ${escapeControl(sentence)}\n`).join("");
}

function lostLine({ lost }: Pick<Report, "lost">): string {
  const counts = [
    ["unmatched", lost.unmatched],
    ["table full", lost.tableFull],
    ["recursion misses", lost.recursionMisses],
  ] as const;
  const said = counts.filter(([, count]) => count).map(([what, count]) => `${what} ${count}`);
  return said.length === 0 ? "" : `lost: ${said.join(", ")}\n`;
}
