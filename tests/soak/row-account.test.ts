import { describe, expect, test } from "bun:test";
import { Histogram, timedFields } from "@irqtrace/decode";
import { RowAccounts, type SoakedRow } from "./row-account.ts";

function row(durationsNs: readonly number[], key = "disk"): SoakedRow {
  const count = durationsNs.length;
  const totalNs = durationsNs.reduce((sum, ns) => sum + ns, 0);
  const histogram = Histogram.fromSamples(durationsNs);
  return { key, count, ...timedFields({ count, totalNs, maxNs: Math.max(0, ...durationsNs), histogram }) };
}

const before = [90, 10];
const intervals = [[1_000], [], [300, 20], [5, 5, 5], []];

/** Feeds the intervals, and after each the snapshot that goes with it. */
function faultsOf(
  told: readonly (readonly number[])[],
  truth: readonly (readonly number[])[] = told,
): readonly string[] {
  const accounts = new RowAccounts();
  const whole = [...before];
  for (const [index, durations] of told.entries()) {
    accounts.endInterval(durations.length === 0 ? [] : [row(durations)]);
    whole.push(...(truth[index] ?? []));
    accounts.takeSnapshot([row(whole)]);
  }
  accounts.endInterval([]);
  return accounts.faults;
}

describe("intervals held against snapshots", () => {
  test("agree where every event is in one interval", () => {
    expect(faultsOf(intervals)).toEqual([]);
  });

  test("agree where events happen between the end of an interval and the snapshot", () => {
    const accounts = new RowAccounts();
    accounts.endInterval([row([50])]);
    accounts.takeSnapshot([row([...before, 50, 60])]);
    accounts.endInterval([row([60, 70])]);
    accounts.takeSnapshot([row([...before, 50, 60, 70])]);
    expect(accounts.faults).toEqual([]);
    expect(accounts.events).toBe(3);
  });

  test("disagree where an event is in none", () => {
    expect(faultsOf(intervals.with(2, [300]), intervals)).toContain(
      "disk: the intervals do not add up to the cumulative count",
    );
  });

  test("disagree where an event is in two", () => {
    expect(faultsOf(intervals.with(4, [5]), intervals)).toContain(
      "disk: the intervals do not add up to the cumulative totalNs",
    );
  });

  test("disagree where an event is in another bucket", () => {
    expect(faultsOf(intervals.with(2, [290, 30]), intervals).join()).toContain("cumulative bucket");
  });

  test("disagree where a maximum is in no interval, or in no snapshot", () => {
    const lower = { ...row([1_000]), maxNs: 999 };
    const accounts = new RowAccounts();
    accounts.endInterval([row([5])]);
    accounts.takeSnapshot([row([...before, 5])]);
    accounts.endInterval([lower]);
    accounts.takeSnapshot([row([...before, 5, 1_000])]);
    accounts.endInterval([]);
    expect(accounts.faults).toEqual(["disk: the whole has a maximum that no interval has"]);
    const other = new RowAccounts();
    other.endInterval([row([500])]);
    other.takeSnapshot([{ ...row([...before, 500]), maxNs: 90 }]);
    expect(other.faults).toEqual(["disk: an interval has a maximum that the whole has not"]);
  });

  test("have histograms of the same events as their counts", () => {
    const accounts = new RowAccounts();
    accounts.endInterval([{ ...row([500]), count: 2 }]);
    expect(accounts.faults).toContain("disk: the histogram holds other events");
  });

  test("agree for a row that appears later", () => {
    const accounts = new RowAccounts();
    accounts.endInterval([row([5])]);
    accounts.takeSnapshot([row([...before, 5])]);
    accounts.endInterval([row([8], "late")]);
    accounts.takeSnapshot([row([...before, 5]), row([8], "late")]);
    accounts.endInterval([]);
    expect(accounts.faults).toEqual([]);
  });
});
