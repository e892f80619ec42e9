import { describe, expect, test } from "bun:test";
import { hardirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import {
  bankOffsets,
  codec,
  fieldAt,
  Histogram,
  LayoutMismatchError,
  type RawMap,
  type RawSnapshot,
} from "@irqtrace/decode";
import { decodeHardirqs } from "./decode.ts";

const { cells, rows, histograms } = layouts.maps;
const CPUS = 2;

interface Source {
  readonly irq: number;
  readonly labels: readonly [Label, Label];
  /** As action-rows.bpf.h: 1 for a device, 2 for an IPI of arm64. */
  readonly used?: number;
  /** Durations by CPU, all in the bank of epoch 5. */
  readonly samplesNs: readonly (readonly number[])[];
}
interface Label {
  readonly name: string;
  readonly epoch: number;
  readonly followers: number;
}

const none: Label = { name: "", epoch: 0, followers: 0 };

/** What the kernel would hold if each source had run its samples in epoch 5. */
function rawOf(sources: readonly Source[], perCpu = false): RawSnapshot {
  const maps = {
    rows: emptyMap(sources.length, 1, rows.value.size),
    cells: emptyMap(sources.length, CPUS, cells.value.size),
  };
  const shared = emptyMap(sources.length, perCpu ? CPUS : 1, histograms.value.size);
  sources.forEach(({ irq, labels, used = 1, samplesNs }, slot) => {
    const row = { labels, irq, used };
    codec(rows.value).encode(row, viewAt(maps.rows, slot, 0));
    samplesNs.forEach((samples, cpu) => {
      const times = {
        count: samples.length,
        total_ns: samples.reduce((sum, ns) => sum + ns, 0),
        max_ns: Math.max(0, ...samples),
        run_max_ns: 0,
        epoch: 5,
        padding: 0,
      };
      const empty = { count: 0, total_ns: 0, max_ns: 0, run_max_ns: 0, epoch: 0, padding: 0 };
      const banks = [
        { times: empty, unhandled: 0, wake_thread: 0 },
        { times, unhandled: 1, wake_thread: samples.length },
      ];
      codec(cells.value).encode({ writing: 0, banks }, viewAt(maps.cells, slot, cpu));
      addSamples(viewAt(shared, slot, perCpu ? cpu : 0), samples);
    });
  });
  return {
    schema: "irqtrace.hardirqs/1",
    measure: "time",
    perCpu,
    epoch: 5,
    possibleCpus: [0, 4],
    startUnixMs: 1_000,
    elapsedNs: 2e9,
    lost: { unmatched: 0, tableFull: 0, recursionMisses: null },
    maps: { ...maps, histograms: shared, percpu_histograms: emptyMap(0, CPUS, histograms.value.size) },
  };
}

const emptyMap = (entries: number, cpus: number, valueStride: number): RawMap => ({
  entries,
  cpus,
  valueStride,
  bytes: new Uint8Array(entries * cpus * valueStride),
});

function viewAt({ bytes, cpus, valueStride }: RawMap, entry: number, cpu: number): DataView {
  return new DataView(bytes.buffer, (entry * cpus + cpu) * valueStride, valueStride);
}

function addSamples(view: DataView, samplesNs: readonly number[]): void {
  const [, buckets] = bankOffsets(histograms.value, "banks", "");
  const { counts } = Histogram.fromSamples(samplesNs);
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const at = buckets + 8 * bucket;
    view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(counts[bucket] ?? 0), true);
  }
}

const labelled = (name: string, followers = 0): Source["labels"] => [none, { name, epoch: 5, followers }];

describe("a raw snapshot of hardirqs", () => {
  test("decodes to one row per irq and action, summed over the CPUs", () => {
    const {
      rows: decoded,
      start,
      elapsedNs,
    } = decodeHardirqs(rawOf([{ irq: 36, labels: labelled("virtio1-req.0"), samplesNs: [[1_000, 3_000], [500]] }]));
    expect(start).toEqual(new Date(1_000));
    expect(elapsedNs).toBe(2e9);
    expect(decoded).toHaveLength(1);
    expect(decoded[0]).toMatchObject({
      class: "device",
      irq: 36,
      action: 0,
      name: "virtio1-req.0",
      slot: 0,
      count: 3,
      unhandled: 2,
      wakeThread: 3,
      totalNs: 4_500,
      avgNs: 1_500,
      maxNs: 3_000,
    });
    expect(decoded[0]).not.toHaveProperty("cpu");
  });

  test("keeps the CPUs apart, by their numbers, when rows are per CPU", () => {
    const raw = rawOf([{ irq: 36, labels: labelled("disk"), samplesNs: [[1_000, 3_000], [500]] }], true);
    const summary = decodeHardirqs(raw).rows.map((row) =>
      "maxNs" in row ? [row.cpu, row.count, row.maxNs, row.histogram.count] : [],
    );
    expect(summary).toEqual([
      [0, 2, 3_000, 2],
      [4, 1, 500, 1],
    ]);
  });

  test("keeps two irqs with one name apart", () => {
    const sources = [29, 34].map((irq) => ({ irq, labels: labelled("virtio-config"), samplesNs: [[10], []] }));
    expect(decodeHardirqs(rawOf(sources)).rows.map((row) => "irq" in row && [row.irq, row.name])).toEqual([
      [29, "virtio-config"],
      [34, "virtio-config"],
    ]);
  });

  test("tells the actions of a shared line apart by their position", () => {
    const sources = [
      { irq: 16, labels: labelled("snd", 0), samplesNs: [[10], []] },
      { irq: 16, labels: labelled("usb", 2), samplesNs: [[10], []] },
      { irq: 16, labels: labelled("i801", 1), samplesNs: [[10], []] },
      { irq: 17, labels: labelled("eth0", 0), samplesNs: [[10], []] },
    ];
    expect(decodeHardirqs(rawOf(sources)).rows.map((row) => "action" in row && [row.name, row.action])).toEqual([
      ["snd", 2],
      ["usb", 0],
      ["i801", 1],
      ["eth0", 0],
    ]);
  });

  test("leaves out what CPUs send each other on arm64: that is no device's", () => {
    const sources = [2, 1].map((used) => ({ irq: used, labels: labelled("IPI"), used, samplesNs: [[10], [20]] }));
    expect(decodeHardirqs(rawOf(sources)).rows).toMatchObject([{ irq: 1, slot: 1, count: 2 }]);
  });

  test("has the rows of the classes that it says are wanted", () => {
    const raw = rawOf([{ irq: 1, labels: labelled("disk"), samplesNs: [[10], []] }]);
    expect(decodeHardirqs({ ...raw, classes: ["device", "nmi"] }).rows).toHaveLength(1);
    expect(decodeHardirqs({ ...raw, classes: ["vector"] }).rows).toEqual([]);
  });

  test("takes the name that was read last", () => {
    const labels = [
      { name: "eth0-rx", epoch: 4, followers: 0 },
      { name: "eth0", epoch: 3, followers: 0 },
    ] as const;
    expect(decodeHardirqs(rawOf([{ irq: 1, labels, samplesNs: [[1], []] }])).rows[0]?.name).toBe("eth0-rx");
  });

  test("leaves out a source that had no event", () => {
    expect(decodeHardirqs(rawOf([{ irq: 1, labels: labelled("quiet"), samplesNs: [[], []] }])).rows).toEqual([]);
  });

  test("has no times when only counts were measured", () => {
    const raw: RawSnapshot = {
      ...rawOf([{ irq: 1, labels: labelled("disk"), samplesNs: [[7], [7]] }]),
      measure: "count",
    };
    expect(decodeHardirqs(raw).rows).toEqual([
      { class: "device", irq: 1, action: 0, name: "disk", slot: 0, count: 2, unhandled: 2, wakeThread: 2 },
    ]);
  });

  test("is refused where it counts events of rows that it does not name", () => {
    const raw = rawOf([{ irq: 36, labels: labelled("disk"), samplesNs: [[1_000], [500]] }]);
    const maps = { ...raw.maps, rows: emptyMap(0, 1, rows.value.size) };
    expect(() => decodeHardirqs({ ...raw, maps })).toThrow(LayoutMismatchError);
    expect(() => decodeHardirqs({ ...raw, possibleCpus: [0] })).toThrow(LayoutMismatchError);
  });

  test("is refused where more rows lost time to others than there are", () => {
    const raw = rawOf([{ irq: 36, labels: labelled("disk"), samplesNs: [[1_000], [500]] }]);
    const taken = emptyMap(2, CPUS, layouts.maps.taken_times.value.size);
    const decode = () => decodeHardirqs({ ...raw, exclusive: true, maps: { ...raw.maps, taken_times: taken } });
    expect(decode).toThrow(LayoutMismatchError);
  });

  test("decodes the same wherever its bytes lie in their buffer", () => {
    const raw = rawOf([{ irq: 36, labels: labelled("disk"), samplesNs: [[1_000], [500]] }]);
    const moved = Object.entries(raw.maps).map(([name, map]): [string, RawMap] => {
      const bytes = new Uint8Array(map.bytes.length + 3).subarray(3);
      bytes.set(map.bytes);
      return [name, { ...map, bytes }];
    });
    expect(decodeHardirqs({ ...raw, maps: Object.fromEntries(moved) })).toEqual(decodeHardirqs(raw));
  });
});

test("the layouts are those of the C: what the decoder reads lies where the compiler put it", () => {
  expect(fieldAt(cells.value, "banks[1].times.max_ns").offset).toBe(8 + 56 + 16);
  expect(fieldAt(rows.value, "labels[1].followers").offset).toBe(72 + 68);
  expect(fieldAt(histograms.value, "banks[1]").offset).toBe(272 * 8);
});
