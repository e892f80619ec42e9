import type { SlowEvent, StackFrame } from "@irqtrace/interrupts";
import { escapeControl } from "../escape-control.ts";
import { timeUnit } from "../renderers/format-time.ts";
import type { Surface } from "../renderers/renderer.ts";
import { isoMicroseconds } from "./iso-microseconds.ts";
import type { SlowInvocation } from "./slow-invocation.ts";
import type { SlowRenderer } from "./slow-renderer.ts";

interface Column {
  readonly title: string;
  /** Lines are written as events come: nobody knows the widest of them beforehand. A longer text pushes the rest on. */
  readonly width: number;
  readonly align: "left" | "right";
  /** The smaller, the sooner it is dropped where the terminal is narrow; null: never. */
  readonly dropRank: number | null;
  cell(event: SlowEvent): string;
}

const GAP = "  ";
const UNIT = timeUnit(false);

function columnsOf(timeOf: (unixMs: number) => string): readonly Column[] {
  const left = (title: string, width: number, dropRank: number | null, cell: Column["cell"]): Column => ({
    ...{ title, width, align: "left", dropRank, cell },
  });
  const right = (title: string, width: number, dropRank: number | null, cell: Column["cell"]): Column => ({
    ...{ title, width, align: "right", dropRank, cell },
  });
  return [
    left("time", "00:00:00.000000".length, 4, ({ unixMs }) => timeOf(unixMs)),
    right("cpu", 3, 3, ({ cpu }) => String(cpu)),
    left("class", 7, 2, (event) => event.class),
    right("nr", 3, 0, ({ irq, vector }) => String(irq ?? vector ?? "-")),
    left("name", 20, null, ({ name }) => escapeControl(name)),
    right(`duration_${UNIT.suffix}`, 12, null, ({ durationNs }) => UNIT.format(durationNs)),
    left("task", 18, null, ({ task }) => `${escapeControl(task.comm)}:${task.tid}`),
    left("mode", 7, 5, ({ mode }) => mode),
    left("cgroup", 20, 1, ({ cgroup, cgroupId }) => (cgroup === null ? `(id ${cgroupId})` : escapeControl(cgroup))),
  ];
}

/** A line per event under one header, the frames of its stack below. */
export function createSlowTable(invocation: Pick<SlowInvocation, "utc">, surface: Surface): SlowRenderer {
  const timeOf = (unixMs: number): string => {
    const offsetMinutes = invocation.utc ? 0 : surface.utcOffsetMinutes(new Date(unixMs));
    return isoMicroseconds(unixMs + offsetMinutes * 60_000).slice(11, -1);
  };
  const columns = dropToFit(columnsOf(timeOf), surface.columns ?? Number.POSITIVE_INFINITY);
  const line = (textOf: (column: Column) => string): string =>
    `${columns
      .map((column) => padded(column, textOf(column)))
      .join(GAP)
      .trimEnd()}\n`;
  return {
    header: line(({ title }) => title),
    event: (event) => line(({ cell }) => cell(event)) + (event.stack ?? []).map(frameLine).join(""),
    end: () => "",
  };
}

function padded({ width, align }: Column, text: string): string {
  const padding = " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
  return align === "left" ? text + padding : padding + text;
}

function frameLine({ address, symbol, module, offset }: StackFrame): string {
  const place = symbol === null ? `0x${address.toString(16)}` : `${escapeControl(symbol)}+0x${offset.toString(16)}`;
  return `    ${place}${module === null ? "" : ` [${escapeControl(module)}]`}\n`;
}

/** Drops the least important columns until the line fits. */
function dropToFit(columns: readonly Column[], lineWidth: number): readonly Column[] {
  const width = columns.reduce((sum, column) => sum + column.width + GAP.length, -GAP.length);
  const ranks = columns.flatMap(({ dropRank }) => (dropRank === null ? [] : [dropRank]));
  if (width <= lineWidth || ranks.length === 0) return columns;
  const least = Math.min(...ranks);
  return dropToFit(
    columns.filter(({ dropRank }) => dropRank !== least),
    lineWidth,
  );
}
