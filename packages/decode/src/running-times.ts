import { Histogram } from "./histogram.ts";
import type { CellTimes, TableTimes } from "./table.ts";

/** What one kind of times of a table have gained since the interval began: exact maxima, and histograms. */
export class RunningTimes {
  #maxNs: Float64Array = new Float64Array(0);
  readonly #histograms: Map<number, Histogram> = new Map();

  /** Remembers a cell as it is at the start of the first interval. */
  start(times: TableTimes, cell: number): void {
    this.#histograms.set(cell, times.histogram(cell));
  }

  /** Takes note of a reading within the interval. */
  observe({ epochMaxNs }: TableTimes): void {
    this.#growTo(epochMaxNs.length);
    for (let cell = 0; cell < epochMaxNs.length; cell++) {
      const maxNs = epochMaxNs[cell] ?? 0;
      if (maxNs > (this.#maxNs[cell] ?? 0)) this.#maxNs[cell] = maxNs;
    }
  }

  /** What a cell gained; its next interval starts here. */
  end(times: TableTimes, cell: number): CellTimes {
    const histogram = times.histogram(cell);
    const earlier = this.#histograms.get(cell) ?? Histogram.empty;
    this.#histograms.set(cell, histogram);
    return { maxNs: this.#maxNs[cell] ?? 0, histogram: histogram.difference(earlier) };
  }

  /** Starts the next interval for the maxima of all cells. */
  restart(): void {
    this.#maxNs.fill(0);
  }

  /** Tables grow when sources appear. */
  #growTo(cells: number): void {
    if (cells <= this.#maxNs.length) return;
    const grown = new Float64Array(cells);
    grown.set(this.#maxNs);
    this.#maxNs = grown;
  }
}
