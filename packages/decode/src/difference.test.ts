import { describe, expect, test } from "bun:test";
import { difference, type RowArithmetic, timesSince } from "./difference.ts";
import { Histogram } from "./histogram.ts";
import type { Lost } from "./raw-snapshot.ts";
import type { Snapshot } from "./snapshot.ts";
import { type TimedFields, timedFields } from "./timed-fields.ts";

interface Row extends TimedFields {
  readonly name: string;
  readonly count: number;
  readonly unhandled: number;
}

const arithmetic: RowArithmetic<Row> = { keyOf: ({ name }) => name, counters: ["unhandled"] };
const nothingLost: Lost = { unmatched: 0, tableFull: 0, recursionMisses: 0 };

function rowOf(name: string, samplesNs: readonly number[], unhandled = 0): Row {
  const count = samplesNs.length;
  const totalNs = samplesNs.reduce((sum, ns) => sum + ns, 0);
  const histogram = Histogram.fromSamples(samplesNs);
  return { name, count, unhandled, ...timedFields({ count, totalNs, maxNs: Math.max(...samplesNs), histogram }) };
}

function snapshotOf(elapsedNs: number, rows: readonly Row[], lost: Lost = nothingLost): Snapshot<Row> {
  return { start: new Date(1_000), elapsedNs, lost, rows };
}

describe("the difference of two snapshots", () => {
  test("holds what happened between them", () => {
    const interval = difference(
      snapshotOf(5e9, [rowOf("disk", [100, 200, 300], 2)]),
      snapshotOf(2e9, [rowOf("disk", [100], 1)]),
      arithmetic,
    );
    expect(interval.intervalNs).toBe(3e9);
    expect(interval.start).toEqual(new Date(3_000));
    expect(interval.rows).toHaveLength(1);
    expect(interval.rows[0]).toMatchObject({ name: "disk", count: 2, totalNs: 500, avgNs: 250, unhandled: 1 });
  });

  test("bounds the maximum by the highest bucket that gained events", () => {
    const interval = difference(
      snapshotOf(2, [rowOf("disk", [90_000, 100, 201])]),
      snapshotOf(1, [rowOf("disk", [90_000])]),
      arithmetic,
    );
    const maxNs = interval.rows[0]?.maxNs ?? 0;
    expect(maxNs).toBeGreaterThanOrEqual(201);
    expect(maxNs).toBeLessThan(201 * 1.125);
  });

  test("never puts the maximum above the run's", () => {
    const interval = difference(
      snapshotOf(2, [rowOf("disk", [5, 201])]),
      snapshotOf(1, [rowOf("disk", [5])]),
      arithmetic,
    );
    expect(interval.rows[0]?.maxNs).toBe(201);
  });

  test("takes a row that was not there before whole, and leaves out one without events", () => {
    const interval = difference(
      snapshotOf(2, [rowOf("disk", [5]), rowOf("net", [7, 9])]),
      snapshotOf(1, [rowOf("disk", [5])]),
      arithmetic,
    );
    expect(interval.rows.map(({ name, count }) => [name, count])).toEqual([["net", 2]]);
  });

  test("subtracts what was lost, and keeps unknown what the kernel does not count", () => {
    const lost = difference(
      snapshotOf(2, [], { unmatched: 5, tableFull: 4, recursionMisses: null }),
      snapshotOf(1, [], { unmatched: 2, tableFull: 4, recursionMisses: null }),
      arithmetic,
    ).lost;
    expect(lost).toEqual({ unmatched: 3, tableFull: 0, recursionMisses: null });
  });

  describe("refuses an earlier snapshot that is of another tracer", () => {
    const counted = { keyOf: ({ name }: Counted) => name, counters: ["unhandled"] } as const;
    interface Counted {
      readonly name: string;
      readonly count: number;
      readonly unhandled: number;
    }
    const snapshot = (elapsedNs: number, row: Counted, lost: Lost = nothingLost): Snapshot<Counted> => ({
      start: new Date(0),
      elapsedNs,
      lost,
      rows: [row],
    });
    const row = { name: "disk", count: 5, unhandled: 2 };

    test.each([
      ["counted more", { ...row, count: 6 }, nothingLost, '"count" was 6 and is 5 later'],
      ["had more that were unhandled", { ...row, unhandled: 3 }, nothingLost, '"unhandled" was 3'],
      ["had more unmatched exits", row, { ...nothingLost, unmatched: 1 }, '"unmatched" was 1'],
      ["had lost more for want of room", row, { ...nothingLost, tableFull: 9 }, '"tableFull" was 9'],
      ["had more recursion", row, { ...nothingLost, recursionMisses: 1 }, '"recursionMisses" was 1'],
    ] as const)("as it %s", (_, before, lost, text) => {
      const subtract = () => difference(snapshot(2, row), snapshot(1, before, lost), counted);
      expect(subtract).toThrow(RangeError);
      expect(subtract).toThrow(text);
    });
  });

  test("refuses snapshots in the wrong order", () => {
    expect(() => difference(snapshotOf(1, []), snapshotOf(2, []), arithmetic)).toThrow(RangeError);
  });
});

describe("rows that have more than counts and times", () => {
  interface Waiting extends Row {
    readonly began: number;
  }
  const waiting = (samplesNs: readonly number[], began: number): Waiting => ({ ...rowOf("disk", samplesNs), began });
  const withBegun: RowArithmetic<Waiting> = {
    keyOf: ({ name }) => name,
    counters: [],
    others: (later, earlier) => ({ began: later.began - earlier.began }),
    hasEvents: ({ count, began }) => count + began > 0,
  };
  const snapshot = (elapsedNs: number, row: Waiting): Snapshot<Waiting> => ({
    start: new Date(0),
    elapsedNs,
    lost: nothingLost,
    rows: [row],
  });

  test("are subtracted as their arithmetic says, and stay while any of it happened", () => {
    const { rows } = difference(snapshot(2, waiting([5], 3)), snapshot(1, waiting([5], 1)), withBegun);
    expect(rows).toMatchObject([{ count: 0, began: 2, totalNs: 0, avgNs: 0, maxNs: 0, p99Ns: 0 }]);
    expect(difference(snapshot(2, waiting([5], 1)), snapshot(1, waiting([5], 1)), withBegun).rows).toEqual([]);
  });

  test("cannot gain times that an earlier state does not have", () => {
    expect(() => timesSince(waiting([5], 0), waiting([9], 0))).toThrow(RangeError);
  });
});
