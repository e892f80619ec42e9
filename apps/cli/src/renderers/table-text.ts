import type { Report } from "../report.ts";
import type { Column } from "./table-columns.ts";

const GAP = "  ";

interface LaidOutColumn<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly string[];
  readonly width: number;
}

/** One line per row under a header: as wide as its contents, and no wider than a line if columns can be spared. */
export function tableText<Row>(columns: readonly Column<Row>[], report: Report<Row>, lineWidth: number): string {
  const laidOut = columns.filter((column) => column.isShown(report)).map((column) => layOut(column, report));
  const fitting = dropToFit(laidOut, lineWidth);
  const lines = [-1, ...report.rows.keys()].map((index) =>
    fitting
      .map((column) => cellText(column, index))
      .join(GAP)
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function layOut<Row>(column: Column<Row>, report: Report<Row>): LaidOutColumn<Row> {
  const cells = report.rows.map((row) => column.cell(row, report));
  const width = Math.max(...[column.title, ...cells].map((text) => Bun.stringWidth(text)));
  return { column, cells, width };
}

/** Drops the least important columns until the line fits; those without a rank identify the row and stay. */
function dropToFit<Row>(columns: readonly LaidOutColumn<Row>[], lineWidth: number): readonly LaidOutColumn<Row>[] {
  const width = columns.reduce((sum, column) => sum + column.width + GAP.length, -GAP.length);
  const spare = columns.filter(({ column }) => column.dropRank !== null);
  if (width <= lineWidth || spare.length === 0) return columns;
  const least = spare.reduce((left, right) =>
    (left.column.dropRank ?? 0) <= (right.column.dropRank ?? 0) ? left : right,
  );
  return dropToFit(
    columns.filter((column) => column !== least),
    lineWidth,
  );
}

function cellText<Row>({ column, cells, width }: LaidOutColumn<Row>, index: number): string {
  const text = cells[index] ?? column.title;
  const padding = " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
  return column.align === "left" ? text + padding : padding + text;
}
