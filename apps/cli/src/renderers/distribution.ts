import { escapeControl } from "../escape-control.ts";
import type { Invocation } from "../invocation.ts";
import type { ReportRow } from "../report.ts";
import { frameReport } from "./frame-report.ts";
import type { CreateRenderer } from "./renderer.ts";

const STARS = 40;
const RANGE_WIDTH = 10;
const COUNT_WIDTH = 8;

/**
 * Power-of-two histograms in the layout of the bcc tools. The recorded buckets end at powers of two in nanoseconds, so a
 * microsecond here is 1024 ns: that keeps every line an exact sum (with --nanoseconds the ranges are exact as well).
 */
export const createDistributionRenderer: CreateRenderer = (invocation, surface) =>
  frameReport(invocation, surface, ({ rows }) => rows.flatMap((row) => histograms(invocation, row)).join("\n"));

/** That of the row, and below it that of what its runs waited; with waits either can be without events. */
function histograms(invocation: Invocation, row: ReportRow): readonly string[] {
  const waits = invocation.latency ? row.latency?.histogram : undefined;
  return [
    ...(row.count > 0 ? [heading(invocation, row, "") + histogram(invocation, row.histogram)] : []),
    ...(waits === undefined || row.latency?.count === 0
      ? []
      : [heading(invocation, row, " latency") + histogram(invocation, waits)]),
  ];
}

function heading(invocation: Invocation, row: ReportRow, what: string): string {
  const details = [
    ...(["irq", "vector", "handler"] as const).flatMap((field) =>
      row[field] === undefined ? [] : [`${field} ${row[field]}`],
    ),
    ...(row.action ? [`action ${row.action}`] : []),
    ...(row.cpu === undefined ? [] : [`cpu ${row.cpu}`]),
  ];
  const told = details.length === 0 ? "" : ` (${details.join(", ")})`;
  return `${invocation.command.noun} = ${escapeControl(row.name)}${told}${what}\n`;
}

function histogram(invocation: Invocation, recorded: ReportRow["histogram"]): string {
  const unit = invocation.nanoseconds ? "nsecs" : "usecs";
  const counts = slotCounts(recorded, invocation.nanoseconds ? 0 : 10);
  const largest = Math.max(...counts);
  const lines = counts.map((count, slot) => {
    const low = slot === 0 ? 0 : 2 ** slot;
    const range = `${String(low).padStart(RANGE_WIDTH)} -> ${String(2 ** (slot + 1) - 1).padEnd(RANGE_WIDTH)}`;
    const stars = "*".repeat(Math.floor((count * STARS) / largest));
    return `${range} : ${String(count).padEnd(COUNT_WIDTH)} |${stars.padEnd(STARS)}|\n`;
  });
  return `     ${unit.padEnd(19)} : count    distribution\n${lines.join("")}`;
}

/** Events per power of two of 2^shift ns; slot 0 holds 0 and 1, and the last slot is the last with events. */
function slotCounts(recorded: ReportRow["histogram"], shift: number): readonly number[] {
  const counts: number[] = [];
  for (const [lowNs, , count] of recorded?.buckets() ?? []) {
    const slot = Math.max(0, Math.floor(Math.log2(lowNs)) - shift);
    while (counts.length <= slot) counts.push(0);
    counts[slot] = (counts[slot] ?? 0) + count;
  }
  return counts;
}
