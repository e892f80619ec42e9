import { describe, expect, test } from "bun:test";
import { softirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { bucketIndex, codec, LayoutMismatchError, type RawSnapshot } from "@irqtrace/decode";
import { decodeSoftirqs, difference } from "./decode.ts";
import { VECTORS } from "./vectors.ts";

const { value } = layouts.maps.vectors;
const CPUS = 2;

/** One run of `durationNs` for each, in the bank of epoch 8. */
function rawOf(runs: readonly { vector: number; cpu: number; durationNs: number }[], perCpu: boolean): RawSnapshot {
  const bytes = new Uint8Array(VECTORS.length * CPUS * value.size);
  const none = { count: 0, total_ns: 0, max_ns: 0, run_max_ns: 0, epoch: 0, padding: 0 };
  const buckets = (): number[] => new Array<number>(272).fill(0);
  for (const { vector, cpu, durationNs } of runs) {
    const times = { count: 1, total_ns: durationNs, max_ns: durationNs, run_max_ns: 0, epoch: 8, padding: 0 };
    const histogram = { banks: [buckets().with(bucketIndex(durationNs), 1), buckets()] };
    const at = (vector * CPUS + cpu) * value.size;
    const opening = { start_ns: 0, hard_ns: 0, nmi_ns: 0 };
    codec(value).encode(
      { writing: 0, start_ns: 0, task: 0, banks: [times, none], histogram, opening, taken_ns: [0, 0] },
      new DataView(bytes.buffer, at, value.size),
    );
  }
  return {
    schema: "irqtrace.softirqs/1",
    measure: "time",
    perCpu,
    epoch: 8,
    possibleCpus: [0, 4],
    startUnixMs: 0,
    elapsedNs: 1e9,
    lost: { unmatched: 2, tableFull: 0, recursionMisses: 1 },
    maps: { vectors: { entries: VECTORS.length, cpus: CPUS, valueStride: value.size, bytes } },
  };
}

describe("a raw snapshot of softirqs", () => {
  const runs = [
    { vector: 3, cpu: 0, durationNs: 900 },
    { vector: 3, cpu: 1, durationNs: 100 },
    { vector: 9, cpu: 1, durationNs: 77 },
  ];

  test("decodes to a row per vector, summed over the CPUs", () => {
    const { rows, lost } = decodeSoftirqs(rawOf(runs, false));
    expect(rows).toMatchObject([
      { vector: 3, name: "net_rx", count: 2, totalNs: 1_000, avgNs: 500, maxNs: 900 },
      { vector: 9, name: "rcu", count: 1, totalNs: 77, maxNs: 77, p50Ns: 76 },
    ]);
    expect(lost).toEqual({ unmatched: 2, tableFull: 0, recursionMisses: 1 });
  });

  test("decodes to a row per vector and CPU when asked to", () => {
    const rows = decodeSoftirqs(rawOf(runs, true)).rows.map((row) => [row.name, row.cpu, row.count]);
    expect(rows).toEqual([
      ["net_rx", 0, 1],
      ["net_rx", 4, 1],
      ["rcu", 4, 1],
    ]);
  });

  test("has no times when only counts were measured", () => {
    expect(decodeSoftirqs({ ...rawOf(runs, false), measure: "count" }).rows).toEqual([
      { vector: 3, name: "net_rx", count: 2 },
      { vector: 9, name: "rcu", count: 1 },
    ]);
  });

  describe("with what runs waited", () => {
    const latencyLayout = layouts.maps.latencies.value;

    /** `timed` runs of vector 3 waited 700 ns each on every CPU, one more has no raise; one began in each place. */
    function rawWithWaits(places: "thread" | "stack", timed: number, perCpu = false): RawSnapshot {
      const bytes = new Uint8Array(VECTORS.length * CPUS * latencyLayout.size);
      const times = { count: timed, total_ns: 700 * timed, max_ns: 700, run_max_ns: 0, epoch: 8, padding: 0 };
      const none = { count: 0, total_ns: 0, max_ns: 0, run_max_ns: 0, epoch: 0, padding: 0 };
      const buckets = new Array<number>(272).fill(0);
      const [inBank, outside] = [1, 0].map((run) => ({
        ksoftirqd: run,
        ktimers: 0,
        interrupt_exit: 2 * run,
        bh_enable: 3 * run,
        run_inline: 4 * run,
        unknown: 5 * run,
      }));
      if (inBank === undefined || outside === undefined) throw new Error("there are two banks");
      const latency = {
        writing: 0,
        raise_ns: 12,
        banks: [times, none],
        histogram: { banks: [buckets.with(bucketIndex(700), timed), buckets] },
        unmatched_raise: [1, 0],
        places: [inBank, outside],
      };
      for (let cpu = 0; cpu < CPUS; cpu++) {
        const view = new DataView(bytes.buffer, (3 * CPUS + cpu) * latencyLayout.size, latencyLayout.size);
        codec(latencyLayout).encode(latency, view);
      }
      const raw = rawOf([], perCpu);
      const map = { entries: VECTORS.length, cpus: CPUS, valueStride: latencyLayout.size, bytes };
      return { ...raw, places, maps: { ...raw.maps, latencies: map } };
    }

    test("decodes to rows that say so, though no run has ended yet", () => {
      const { rows } = decodeSoftirqs(rawWithWaits("thread", 4));
      expect(rows).toMatchObject([
        {
          vector: 3,
          count: 0,
          avgNs: 0,
          latency: { count: 8, totalNs: 5_600, avgNs: 700, maxNs: 700, p50Ns: 672 },
          unmatchedRaise: 2,
        },
      ]);
    });

    test("names the places that were told apart, and no others", () => {
      const placesOf = (raw: RawSnapshot): unknown =>
        decodeSoftirqs(raw).rows.map((row) => "places" in row && row.places);
      expect(placesOf(rawWithWaits("thread", 1))).toEqual([{ ksoftirqd: 2, ktimers: 0, inline: 8, unknown: 10 }]);
      expect(placesOf(rawWithWaits("stack", 1, true))).toEqual(
        [0, 1].map(() => ({ ksoftirqd: 1, ktimers: 0, interruptExit: 2, bhEnable: 3, unknown: 5 })),
      );
    });

    test("has no times where no raise is known", () => {
      const [row] = decodeSoftirqs(rawWithWaits("thread", 0)).rows;
      expect(row).toMatchObject({
        unmatchedRaise: 2,
        latency: { count: 0, totalNs: 0, avgNs: 0, p50Ns: 0, p999Ns: 0 },
      });
    });

    test("is not subtracted from what had fewer", () => {
      const { start, elapsedNs, lost, rows } = decodeSoftirqs(rawWithWaits("stack", 4));
      const snapshot = { start, elapsedNs, lost, rows: rows.filter((row) => "places" in row) };
      const [row] = snapshot.rows;
      if (row === undefined || !("latency" in row)) throw new Error("no run has waited");
      const { latency, unmatchedRaise, places } = row;
      expect(difference(snapshot, snapshot).rows).toEqual([]);
      for (const more of [
        { unmatchedRaise: (unmatchedRaise ?? 0) + 1 },
        { places: { ...places, bhEnable: 100 } },
        { latency: { ...latency, count: latency.count + 1 } },
      ]) {
        const earlier = { ...snapshot, rows: [{ ...row, ...more }] };
        expect(() => difference(snapshot, earlier)).toThrow(RangeError);
      }
    });

    test("is refused without the map that it needs", () => {
      expect(() => decodeSoftirqs({ ...rawOf([], false), places: "thread" })).toThrow(LayoutMismatchError);
    });
  });

  test("is refused if it is of another kind, or a map is missing, short or of another layout", () => {
    const raw = rawOf(runs, false);
    const { vectors } = raw.maps;
    if (vectors === undefined) throw new Error("no map was made");
    for (const damaged of [
      { ...raw, schema: "irqtrace.hardirqs/1" },
      { ...raw, maps: {} },
      { ...raw, maps: { vectors: { ...vectors, bytes: vectors.bytes.subarray(1) } } },
      { ...raw, maps: { vectors: { ...vectors, valueStride: vectors.valueStride - 8 } } },
      { ...raw, possibleCpus: raw.possibleCpus.slice(1) },
      { ...raw, possibleCpus: [] },
    ]) {
      expect(() => decodeSoftirqs(damaged)).toThrow(LayoutMismatchError);
    }
  });
});

test("the vectors are numbered as the kernel numbers them", () => {
  expect(VECTORS.map(({ vector }) => vector)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(VECTORS.map(({ name }) => name).join(" ")).toBe(
    "hi timer net_tx net_rx block irq_poll tasklet sched hrtimer rcu",
  );
});
