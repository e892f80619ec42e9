import type { Histogram } from "./histogram.ts";
import { RunningTimes } from "./running-times.ts";

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
  /** Present when it is also measured how long events waited to be handled. */
  readonly latency?: TableTimes;
  /** Makes the row of a cell from the values of `columns`, and from its times. */
  row(cell: number, values: readonly number[], times: CellTimes | undefined, latency?: CellTimes): Row;
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
  const sinceAttach = (times: TableTimes, cell: number): CellTimes => ({
    maxNs: times.runMaxNs[cell] ?? 0,
    histogram: times.histogram(cell),
  });
  return rowsWithEvents(table, table.columns, {
    times: sinceAttach,
    latency: sinceAttach,
  });
}

/** How the times of a cell are taken from those of a table. */
interface TakeTimes {
  times(times: TableTimes, cell: number): CellTimes;
  latency(times: TableTimes, cell: number): CellTimes;
}

function rowsWithEvents<Row>(table: Table<Row>, columns: readonly Float64Array[], take: TakeTimes): Row[] {
  const rows: Row[] = [];
  const { times, latency } = table;
  const telling = tellingColumns(table, columns);
  for (let cell = 0; cell < (columns[0]?.length ?? 0); cell++) {
    if (!hasEvents(telling, cell)) continue;
    const values = columns.map((column) => column[cell] ?? 0);
    if ((values[0] ?? 0) < 0) throw notLater(cell, values);
    const taken = times === undefined ? undefined : take.times(times, cell);
    rows.push(
      latency === undefined
        ? table.row(cell, values, taken)
        : table.row(cell, values, taken, take.latency(latency, cell)),
    );
  }
  return rows;
}

const notLater = (cell: number, [count]: readonly number[]): RangeError =>
  new RangeError(
    `Cannot end the interval: cell ${cell} would have ${count} events. Give readings of one tracer in their order.`,
  );

/** Those of which one that is not 0 means an event: a wait is over when its handler starts, and `count` only when that ends. */
function tellingColumns({ latency }: Table<unknown>, columns: readonly Float64Array[]): readonly Float64Array[] {
  return latency === undefined ? columns.slice(0, 1) : columns;
}

function hasEvents(telling: readonly Float64Array[], cell: number): boolean {
  return telling.some((column) => (column[cell] ?? 0) !== 0);
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
  readonly #times: RunningTimes = new RunningTimes();
  readonly #latency: RunningTimes = new RunningTimes();

  /** @param start The reading at which the first interval starts. */
  constructor(start: Table<Row>) {
    const { columns, times, latency } = start;
    this.#columns = columns;
    const telling = tellingColumns(start, columns);
    for (let cell = 0; cell < (columns[0]?.length ?? 0); cell++) {
      if (!hasEvents(telling, cell)) continue;
      if (times !== undefined) this.#times.start(times, cell);
      if (latency !== undefined) this.#latency.start(latency, cell);
    }
  }

  /** Takes note of a reading within the running interval. */
  observe({ times, latency }: Table<Row>): void {
    if (times !== undefined) this.#times.observe(times);
    if (latency !== undefined) this.#latency.observe(latency);
  }

  /**
   * Ends the interval with a reading that was observed, and starts the next.
   *
   * @throws RangeError if a cell has counted fewer events than at the interval's start: the reading is not a later one.
   */
  end(table: Table<Row>): Row[] {
    const differences = table.columns.map((column, index) => subtract(column, this.#columns[index]));
    const rows = rowsWithEvents(table, differences, {
      times: (times, cell) => this.#times.end(times, cell),
      latency: (latency, cell) => this.#latency.end(latency, cell),
    });
    this.#columns = table.columns;
    this.#times.restart();
    this.#latency.restart();
    return rows;
  }
}

function subtract(later: Float64Array, earlier: Float64Array | undefined): Float64Array {
  const difference = later.slice();
  if (earlier === undefined) return difference;
  for (let index = 0; index < difference.length; index++) {
    difference[index] = (difference[index] ?? 0) - (earlier[index] ?? 0);
  }
  return difference;
}
