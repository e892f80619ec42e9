import { describe, expect, test } from "bun:test";
import { Lateness } from "./lateness.ts";
import type { ProcessSample } from "./process-sample.ts";
import { RowAccounts } from "./row-account.ts";
import { judge, type SoakRecord } from "./verdict.ts";

const SECONDS = 120;
const held = { descriptors: 36, maps: 17, programs: 4, links: 4, mappedMaps: 10 };
const quiet = (second: number): ProcessSample => ({
  atNs: second * 1e9,
  rssBytes: 60e6,
  anonymousBytes: 20e6,
  ...held,
});

function record(change: Partial<ProcessSample> | ((second: number) => Partial<ProcessSample>) = {}): SoakRecord {
  const changed = (second: number) => (typeof change === "function" ? change(second) : change);
  const lateness = new Lateness(100, () => 0);
  for (let interval = 0; interval < 1_000; interval++) lateness.add(100e6);
  return {
    samples: Array.from({ length: SECONDS }, (_, second) => ({ ...quiet(second), ...changed(second) })),
    after: { ...quiet(SECONDS), maps: 0, programs: 0, links: 0, mappedMaps: 0 },
    tracers: [{ name: "softirqs", lateness, accounts: new RowAccounts(), lost: { tableFull: 0, recursionMisses: 0 } }],
    isLoaded: true,
  };
}

/** What is found wrong beside that nothing was traced here. */
const wrong = (soaked: SoakRecord): string[] =>
  judge(soaked)
    .filter(({ isOk }) => !isOk)
    .map(({ what }) => what)
    .filter((what) => what !== "softirqs sums");

describe("a soak", () => {
  test("is good where all stays as it is, whatever happens while it warms up", () => {
    expect(wrong(record())).toEqual([]);
    expect(wrong(record((second) => (second < 25 ? { rssBytes: 90e6, maps: 3 } : {})))).toEqual([]);
  });

  test("is bad where memory grows, also below files that come and go", () => {
    expect(wrong(record((second) => ({ rssBytes: 60e6 + second * 1e6 })))).toEqual(["RSS"]);
    expect(wrong(record((second) => ({ anonymousBytes: 20e6 + second * 1e6 })))).toEqual(["anonymous RSS"]);
  });

  test.each(["descriptors", "maps", "programs", "links", "mappedMaps"] as const)("is bad where %s change", (what) => {
    expect(wrong(record((second) => (second === 100 ? { [what]: 1 } : {})))).toEqual([what]);
    expect(wrong(record({ [what]: 0 }))).toEqual([what]);
  });

  test("is bad where something is left, or the load ended early", () => {
    expect(wrong({ ...record(), after: quiet(SECONDS) })).toEqual(["left after disposal"]);
    expect(wrong({ ...record(), isLoaded: false })).toEqual(["load"]);
  });

  test("is bad where many intervals are late, or one is very late", () => {
    const late = (ends: number, byMs: number): SoakRecord => {
      const soaked = record();
      for (let end = 0; end < ends; end++) {
        for (const { lateness } of soaked.tracers) {
          lateness.add((100 + byMs) * 1e6);
          lateness.add((100 - (byMs % 100)) * 1e6);
        }
      }
      return soaked;
    };
    expect(wrong(late(1, 150))).toEqual([]);
    expect(wrong(late(5, 150))).toEqual(["softirqs intervals"]);
    expect(wrong(late(1, 2_050))).toEqual(["softirqs intervals"]);
  });

  test("is bad where nothing was traced", () => {
    expect(judge(record()).find(({ what }) => what === "softirqs sums")?.isOk).toBe(false);
  });
});
