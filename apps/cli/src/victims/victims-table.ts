import type { VictimRow } from "@irqtrace/interrupts";
import { escapeControl } from "../escape-control.ts";
import { timeUnit } from "../renderers/format-time.ts";
import { frameReport } from "../renderers/frame-report.ts";
import type { Renderer, Surface } from "../renderers/renderer.ts";
import type { Column } from "../renderers/table-columns.ts";
import { tableText } from "../renderers/table-text.ts";
import type { Report } from "../report.ts";
import { groupVictims, type VictimGroup } from "./group-victims.ts";
import type { VictimsInvocation } from "./victims-invocation.ts";

/** Sources that a line shows where there is room. */
const MAX_SOURCES = 3;
/** Below it a source is only counted, unless it is the largest. */
const MIN_PERCENT = 1;

/** A line per victim: what it lost, and what took most of it. */
export function createVictimsTable(invocation: VictimsInvocation, surface: Surface): Renderer<VictimRow> {
  return frameReport(invocation, surface, (report) => {
    const groups = { ...report, rows: groupVictims(report.rows, invocation) };
    const lineWidth = surface.columns ?? Number.POSITIVE_INFINITY;
    // Fewer sources rather than none of the other columns.
    for (let sources = MAX_SOURCES; sources > 1; sources--) {
      const text = tableText(columnsOf(invocation, sources), groups, Number.POSITIVE_INFINITY);
      if (widthOf(text) <= lineWidth) return text;
    }
    return tableText(columnsOf(invocation, 1), groups, lineWidth);
  });
}

const widthOf = (text: string): number => Math.max(...text.split("\n").map((line) => Bun.stringWidth(line)));

type Cells = (group: VictimGroup, report: Report<VictimGroup>) => string;

function columnsOf({ by, nanoseconds }: VictimsInvocation, sources: number): readonly Column<VictimGroup>[] {
  const unit = timeUnit(nanoseconds);
  const right = (title: string, dropRank: number | null, cell: Cells): Column<VictimGroup> => ({
    ...{ title, align: "right", dropRank, cell, isShown: () => true },
  });
  const isOfThreads = ({ rows }: Report<VictimGroup>): boolean => rows.some(({ tid, pid }) => tid !== pid);
  return [
    {
      ...{ title: by === "cpu-mode" ? "mode" : by, align: "left", dropRank: null, isShown: () => true },
      cell: ({ victim }) => escapeControl(victim),
    },
    ...(by === "task"
      ? [
          right("tid", 3, ({ tid }) => String(tid ?? "-")),
          { ...right("pid", 0, ({ pid }) => String(pid ?? "-")), isShown: isOfThreads },
        ]
      : []),
    right("count", 1, ({ count }) => String(count)),
    right(`total_${unit.suffix}`, null, ({ totalNs }) => unit.format(totalNs)),
    right("cpu%", 2, ({ totalNs }, { lengthNs }) => percent(totalNs, lengthNs).toFixed(2)),
    {
      ...{ title: "taken by", align: "left", dropRank: 4, isShown: () => true },
      cell: (group) => sourcesText(group, sources),
    },
  ];
}

/** `net_rx 61 %, virtio1-req.0 30 %, 2 more`: shares of what this victim lost. */
function sourcesText({ sources, totalNs }: VictimGroup, shown: number): string {
  const named = sources
    .slice(0, shown)
    .map((row) => [escapeControl(nameOf(row)), percent(row.totalNs, totalNs)] as const)
    .filter(([, share], index) => index === 0 || share >= MIN_PERCENT)
    .map(([name, share]) => `${name} ${share.toFixed(0)} %`);
  const left = sources.length - named.length;
  return [...named, ...(left === 0 ? [] : [`${left} more`])].join(", ");
}

/** What found no row of its own has no source's name, but a class. */
const nameOf = (row: VictimRow): string => (row.victimKind === "others" ? `any ${row.class}` : row.name);

const percent = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);
