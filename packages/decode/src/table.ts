import { Histogram } from "./histogram.ts";

/**
 * One reading of all cells, decoded into columns: cumulative since attach. A cell is a source (a row's slot, a vector),
 * or a source on one CPU.
 *
 * `columns[0]` is the count; the others are whatever else the tracer adds up. The methods may read the raw bytes that
 * the table was decoded from, so they are called before the next reading.
 */
export interface Table<Row> {
  readonly columns: readonly Float64Array[];
  /** Present when times are measured. */
  readonly times?: TableTimes;
  /** Makes the row of a cell from the values of `columns`, and from its times. */
  row(cell: number, values: readonly number[], times: CellTimes | undefined): Row;
}

/** The parts of a timed table that are not sums. */
export interface TableTimes {
  /** Maxima of the epoch that has just ended, in ns. */
  readonly epochMaxNs: Float64Array;
  /** Maxima since attach, in ns. */
  readonly runMaxNs: Float64Array;
  /** Cumulative. */
  histogram(cell: number): Histogram;
}

/** What a row needs beside sums. */
export interface CellTimes {
  readonly maxNs: number;
  readonly histogram: Histogram;
}

/**
 * The rows of everything since attach: those that have events.
 *
 * @example
 * ```ts
 * import { cumulativeRows, type Table } from "@irqtrace/decode";
 *
 * const table: Table<string> = {
 *   columns: [Float64Array.of(0, 12)],
 *   row: (cell, [count]) => `cell ${cell}: ${count}`,
 * };
 * console.log(cumulativeRows(table)); // [ "cell 1: 12" ]
 * ```
 */
export function cumulativeRows<Row>(table: Table<Row>): Row[] {
  const { times } = table;
  return rowsWithEvents(table, table.columns, (cell) =>
    times === undefined ? undefined : { maxNs: times.runMaxNs[cell] ?? 0, histogram: times.histogram(cell) },
  );
}

function rowsWithEvents<Row>(
  table: Table<Row>,
  columns: readonly Float64Array[],
  timesOf: (cell: number) => CellTimes | undefined,
): Row[] {
  const rows: Row[] = [];
  const counts = columns[0] ?? new Float64Array(0);
  for (let cell = 0; cell < counts.length; cell++) {
    if (counts[cell] === 0) continue;
    const values = columns.map((column) => column[cell] ?? 0);
    rows.push(table.row(cell, values, timesOf(cell)));
  }
  return rows;
}

/**
 * Turns cumulative tables into the rows of what happened between them. Maxima are exact, because every table is shown
 * to `observe`, also those that were read for another purpose than the interval.
 *
 * @example
 * ```ts
 * import { IntervalRows, type Table } from "@irqtrace/decode";
 *
 * const reading = (count: number): Table<number> => ({
 *   columns: [Float64Array.of(count)],
 *   row: (_cell, [gained = 0]) => gained,
 * });
 * const rows = new IntervalRows(reading(100));
 * console.log(rows.end(reading(130)), rows.end(reading(131))); // [ 30 ] [ 1 ]
 * ```
 */
export class IntervalRows<Row> {
  #columns: readonly Float64Array[];
  #maxNs: Float64Array;
  readonly #histograms: Map<number, Histogram> = new Map();

  /** @param start The reading at which the first interval starts. */
  constructor(start: Table<Row>) {
    this.#columns = start.columns;
    this.#maxNs = new Float64Array(start.columns[0]?.length ?? 0);
    this.#rememberHistograms(start, start.columns);
  }

  /** Takes note of a reading within the running interval. */
  observe(table: Table<Row>): void {
    const epochMaxNs = table.times?.epochMaxNs;
    if (epochMaxNs === undefined) return;
    this.#growTo(epochMaxNs.length);
    for (let cell = 0; cell < epochMaxNs.length; cell++) {
      const maxNs = epochMaxNs[cell] ?? 0;
      if (maxNs > (this.#maxNs[cell] ?? 0)) this.#maxNs[cell] = maxNs;
    }
  }

  /** Ends the interval with a reading that was observed, and starts the next. */
  end(table: Table<Row>): Row[] {
    const differences = table.columns.map((column, index) => subtract(column, this.#columns[index]));
    const rows = rowsWithEvents(table, differences, (cell) => this.#timesSince(table, cell));
    this.#columns = table.columns;
    this.#maxNs.fill(0);
    return rows;
  }

  /** Tables grow when sources appear. */
  #growTo(cells: number): void {
    if (cells <= this.#maxNs.length) return;
    const grown = new Float64Array(cells);
    grown.set(this.#maxNs);
    this.#maxNs = grown;
  }

  #timesSince(table: Table<Row>, cell: number): CellTimes | undefined {
    if (table.times === undefined) return undefined;
    const histogram = table.times.histogram(cell);
    const earlier = this.#histograms.get(cell) ?? Histogram.empty;
    this.#histograms.set(cell, histogram);
    return { maxNs: this.#maxNs[cell] ?? 0, histogram: histogram.difference(earlier) };
  }

  #rememberHistograms(table: Table<Row>, [counts]: readonly Float64Array[]): void {
    if (table.times === undefined || counts === undefined) return;
    for (let cell = 0; cell < counts.length; cell++) {
      if (counts[cell] !== 0) this.#histograms.set(cell, table.times.histogram(cell));
    }
  }
}

function subtract(later: Float64Array, earlier: Float64Array | undefined): Float64Array {
  const difference = Float64Array.from(later);
  if (earlier === undefined) return difference;
  for (let index = 0; index < difference.length; index++) {
    difference[index] = (difference[index] ?? 0) - (earlier[index] ?? 0);
  }
  return difference;
}
