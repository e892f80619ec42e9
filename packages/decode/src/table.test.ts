import { describe, expect, test } from "bun:test";
import { Histogram } from "./histogram.ts";
import { type CellTimes, cumulativeRows, IntervalRows, type Table } from "./table.ts";

interface Row extends Partial<CellTimes> {
  readonly cell: number;
  readonly count: number;
}

/** What two cells have seen since the start, and in the epoch that has just ended. */
interface Seen {
  readonly samplesNs: readonly number[];
  readonly epochMaxNs: number;
}

function tableOf(...cells: readonly Seen[]): Table<Row> {
  return {
    columns: [Float64Array.from(cells, ({ samplesNs }) => samplesNs.length)],
    times: {
      epochMaxNs: Float64Array.from(cells, ({ epochMaxNs }) => epochMaxNs),
      runMaxNs: Float64Array.from(cells, ({ samplesNs }) => Math.max(0, ...samplesNs)),
      histogram: (cell) => Histogram.fromSamples(cells[cell]?.samplesNs ?? []),
    },
    row: (cell, [count = 0], times) => ({ cell, count, ...times }),
  };
}

const quiet: Seen = { samplesNs: [], epochMaxNs: 0 };

describe("the rows of a table", () => {
  test("leave out cells without events and carry the run's maximum", () => {
    const rows = cumulativeRows(tableOf(quiet, { samplesNs: [5, 900, 20], epochMaxNs: 20 }));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ cell: 1, count: 3, maxNs: 900 });
    expect(rows[0]?.histogram?.count).toBe(3);
  });

  test("have no times when only counts were measured", () => {
    const { times: _, ...counted } = tableOf({ samplesNs: [5], epochMaxNs: 5 });
    expect(cumulativeRows(counted)).toEqual([{ cell: 0, count: 1 }]);
    const rows = new IntervalRows(counted);
    rows.observe(counted);
    expect(rows.end(counted)).toEqual([]);
  });
});

describe("the rows of an interval", () => {
  test("hold what came after the first reading and nothing that came before", () => {
    const rows = new IntervalRows(tableOf({ samplesNs: [1_000, 2_000], epochMaxNs: 2_000 }));
    const later = tableOf({ samplesNs: [1_000, 2_000, 30], epochMaxNs: 30 });
    rows.observe(later);
    const [row] = rows.end(later);
    expect(row).toMatchObject({ count: 1, maxNs: 30 });
    expect(row?.histogram?.buckets()).toEqual(Histogram.fromSamples([30]).buckets());
  });

  test("leave out a cell that saw nothing in it", () => {
    const same = tableOf({ samplesNs: [7], epochMaxNs: 0 });
    const rows = new IntervalRows(same);
    rows.observe(same);
    expect(rows.end(same)).toEqual([]);
  });

  test("keep the maximum of a reading that was taken in between for another purpose", () => {
    const rows = new IntervalRows(tableOf(quiet));
    rows.observe(tableOf({ samplesNs: [500], epochMaxNs: 500 }));
    const last = tableOf({ samplesNs: [500, 40], epochMaxNs: 40 });
    rows.observe(last);
    expect(rows.end(last)[0]).toMatchObject({ count: 2, maxNs: 500 });
  });

  test("forget the maximum when the next one starts", () => {
    const rows = new IntervalRows(tableOf(quiet));
    const first = tableOf({ samplesNs: [500], epochMaxNs: 500 });
    rows.observe(first);
    rows.end(first);
    const second = tableOf({ samplesNs: [500, 40], epochMaxNs: 40 });
    rows.observe(second);
    expect(rows.end(second)[0]).toMatchObject({ count: 1, maxNs: 40 });
  });

  test("know the maximum of a cell that came with a later reading", () => {
    const rows = new IntervalRows(tableOf());
    const grown = tableOf(quiet, { samplesNs: [500], epochMaxNs: 500 });
    rows.observe(grown);
    expect(rows.end(grown)).toMatchObject([{ cell: 1, count: 1, maxNs: 500 }]);
  });

  test("add up to the cumulative rows", () => {
    const samplesNs = Array.from({ length: 60 }, (_, index) => (index * 7919) % 5_000);
    const rows = new IntervalRows(tableOf(quiet));
    let merged = Histogram.empty;
    for (let end = 20; end <= 60; end += 20) {
      const table = tableOf({
        samplesNs: samplesNs.slice(0, end),
        epochMaxNs: Math.max(...samplesNs.slice(end - 20, end)),
      });
      rows.observe(table);
      merged = merged.merge(rows.end(table)[0]?.histogram ?? Histogram.empty);
    }
    expect(merged.buckets()).toEqual(Histogram.fromSamples(samplesNs).buckets());
  });
});

test("an interval is not ended by a reading that counted less", () => {
  const counting = (count: number): Table<number> => ({
    columns: [Float64Array.of(0, count)],
    row: (_cell, [gained = 0]) => gained,
  });
  const rows = new IntervalRows(counting(7));
  expect(() => rows.end(counting(5))).toThrow(
    new RangeError("Cannot end the interval: cell 1 would have -2 events. Give readings of one tracer in their order."),
  );
});

describe("what cells waited", () => {
  const waitsOf = (ended: number, ...waitsNs: readonly number[]): Table<Row & { readonly waited?: CellTimes }> => ({
    columns: [Float64Array.of(ended), Float64Array.of(waitsNs.length)],
    latency: {
      epochMaxNs: Float64Array.of(waitsNs.at(-1) ?? 0),
      runMaxNs: Float64Array.of(Math.max(0, ...waitsNs)),
      histogram: () => Histogram.fromSamples(waitsNs),
    },
    row: (cell, [count = 0], _times, waited) => ({ cell, count, ...(waited === undefined ? {} : { waited }) }),
  });

  test("is in a row before anything of it is counted as ended", () => {
    expect(cumulativeRows(waitsOf(0))).toEqual([]);
    expect(cumulativeRows(waitsOf(0, 30))[0]).toMatchObject({ count: 0, waited: { maxNs: 30 } });
  });

  test("belongs to the interval in which the wait ended, with its exact maximum", () => {
    const rows = new IntervalRows(waitsOf(1, 900));
    const [first, second] = [waitsOf(1, 900, 70), waitsOf(2, 900, 70)];
    rows.observe(first);
    const [began] = rows.end(first);
    expect(began).toMatchObject({ count: 0, waited: { maxNs: 70 } });
    expect(began?.waited?.histogram.buckets()).toEqual([[64, 72, 1]]);
    expect(rows.end(second)[0]).toMatchObject({ count: 1, waited: { maxNs: 0, histogram: Histogram.empty } });
    expect(rows.end(second)).toEqual([]);
  });
});
