import { escapeControl } from "../escape-control.ts";
import type { Invocation } from "../invocation.ts";
import type { Report, ReportRow } from "../report.ts";
import { selectRows } from "../select-rows.ts";
import { frameReport } from "./frame-report.ts";
import { type HeatScale, heatLegend, heatStrip, RATE_SCALE, SHARE_SCALE } from "./heat-strip.ts";
import { type CpuShare, type MatrixSource, matrixSources } from "./matrix-source.ts";
import type { Renderer, Surface } from "./renderer.ts";
import type { Column } from "./table-columns.ts";
import { tableText } from "./table-text.ts";

/** With more CPUs nobody reads a column for each. */
const MAX_CPU_COLUMNS = 8;
/** As many signs as a strip has where no terminal limits it. */
const MAX_SIGNS = 128;
const MIN_SIGNS = 8;

type MatrixReport = Report<MatrixSource>;

/**
 * A line per source and, for each CPU, its rate and its share of the CPU; where the CPUs do not fit beside each other a strip
 * with a sign for each, or for each few.
 */
export function createMatrixRenderer(
  invocation: Invocation,
  surface: Surface,
  cpus: readonly number[],
): Renderer<ReportRow> {
  const render = frameReport<MatrixSource>(invocation, surface, (report) => {
    const lineWidth = surface.columns ?? Number.POSITIVE_INFINITY;
    const exact = tableText(
      [...identity(invocation), ...cpuColumns(invocation, cpus)],
      report,
      Number.POSITIVE_INFINITY,
    );
    if (cpus.length <= MAX_CPU_COLUMNS && widthOf(exact) <= lineWidth) return exact;
    return stripText(invocation, cpus, report, lineWidth);
  });
  return (report) => render({ ...report, rows: selectRows(matrixSources(report.rows), invocation) });
}

const widthOf = (text: string): number => Math.max(...text.split("\n").map((line) => Bun.stringWidth(line)));

function column(
  title: string,
  cell: (row: MatrixSource, report: MatrixReport) => string,
  dropRank: number | null = null,
): Column<MatrixSource> {
  return { title, align: "right", dropRank, isShown: () => true, cell };
}

/** What tells a source from others, and where it may run. */
function identity({ command, classes }: Invocation): readonly Column<MatrixSource>[] {
  const left = (title: string, cell: (row: MatrixSource) => string, rank: number | null): Column<MatrixSource> => ({
    ...column(title, cell, rank),
    align: "left",
  });
  const any = (shown: (row: MatrixSource) => unknown) => (report: MatrixReport) => report.rows.some(shown);
  return [
    left(command.noun, ({ name }) => escapeControl(name), null),
    ...(classes === undefined ? [] : [left("class", (row) => row.class ?? "-", 3)]),
    column("irq", ({ irq }) => String(irq ?? "-")),
    { ...column("action", ({ action }) => String(action ?? "-")), isShown: any(({ action }) => action) },
    left("affinity", ({ affinity }) => affinity ?? "-", 1),
    left("effective", ({ effectiveAffinity }) => effectiveAffinity ?? "-", 2),
    { ...column("node", ({ node }) => String(node ?? "-"), 0), isShown: any(({ node }) => node !== undefined) },
  ];
}

const rateOf = (share: Pick<CpuShare, "count"> | undefined, { lengthNs }: MatrixReport): number =>
  lengthNs > 0 ? ((share?.count ?? 0) * 1e9) / lengthNs : 0;
const percentOf = (share: { readonly totalNs?: number } | undefined, { lengthNs }: MatrixReport): number =>
  lengthNs > 0 ? (100 * (share?.totalNs ?? 0)) / lengthNs : 0;

function cpuColumns({ measure }: Invocation, cpus: readonly number[]): readonly Column<MatrixSource>[] {
  return cpus.flatMap((cpu) => [
    column(`cpu${cpu}/s`, ({ byCpu }, report) => (byCpu.has(cpu) ? rateOf(byCpu.get(cpu), report).toFixed(0) : "-")),
    ...(measure === "time"
      ? [
          column(`cpu${cpu}%`, ({ byCpu }, report) =>
            byCpu.has(cpu) ? percentOf(byCpu.get(cpu), report).toFixed(2) : "-",
          ),
        ]
      : []),
  ]);
}

function stripText(invocation: Invocation, cpus: readonly number[], report: MatrixReport, lineWidth: number): string {
  const isTimed = invocation.measure === "time";
  const measured = isTimed ? percentOf : rateOf;
  const scale: HeatScale = isTimed ? SHARE_SCALE : RATE_SCALE;
  const heat = ({ byCpu }: MatrixSource, cpu: number): number => measured(byCpu.get(cpu), report);
  const busiest = (row: MatrixSource): string => {
    const cpu = cpus.reduce((best, one) => (heat(row, one) > heat(row, best) ? one : best), cpus[0] ?? 0);
    return `${cpu} (${heat(row, cpu).toFixed(isTimed ? 2 : 0)}${isTimed ? " %" : "/s"})`;
  };
  const figures = [
    ...identity(invocation),
    column("rate/s", (row) => rateOf(row, report).toFixed(0), 5),
    ...(isTimed ? [column("cpu%", (row) => percentOf(row, report).toFixed(2), 6)] : []),
    column("busiest cpu", busiest, 4),
  ];
  const beside = tableText(figures, report, Math.max(0, lineWidth - MIN_SIGNS - 2))
    .trimEnd()
    .split("\n");
  const room = Math.max(MIN_SIGNS, Math.min(MAX_SIGNS, lineWidth - widthOf(beside.join("\n")) - 2));
  const groups = groupsOf(cpus, Math.ceil(cpus.length / room));
  const strips = [
    titleOf(groups),
    // The hottest of a group: one busy CPU must show among idle ones.
    ...report.rows.map((row) =>
      heatStrip(
        groups.map((group) => Math.max(...group.map((cpu) => heat(row, cpu)))),
        scale,
      ),
    ),
  ];
  const width = widthOf(beside.join("\n"));
  const lines = beside.map(
    (text, index) => `${text}${" ".repeat(width - Bun.stringWidth(text))}  ${strips[index] ?? ""}`,
  );
  return `${[...lines, heatLegend(scale)].map((text) => text.trimEnd()).join("\n")}\n`;
}

function groupsOf(cpus: readonly number[], size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(cpus.length / size) }, (_, index) =>
    cpus.slice(index * size, (index + 1) * size),
  );
}

function titleOf(groups: readonly (readonly number[])[]): string {
  const [first = [0]] = groups;
  const range = `cpu ${first[0] ?? 0}-${groups.at(-1)?.at(-1) ?? 0}`;
  return first.length > 1 ? `${range}, ${first.length} a sign` : range;
}
