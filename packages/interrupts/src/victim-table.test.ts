import { expect, test } from "bun:test";
import { victims as layouts } from "@irqtrace/bpf-objects/layouts";
import { codec, LayoutMismatchError, type RawMap, type RawSnapshot } from "@irqtrace/decode";
import { decodeVictims } from "./decode-victims.ts";
import { INTERRUPT_CLASSES, type InterruptClass } from "./interrupt-class.ts";
import { VICTIM_KINDS, type VictimKind } from "./victim-row.ts";
import { cgroupsIn, REMAINDER_SLOTS, VICTIM_SCHEMA } from "./victim-table.ts";

const cell = codec(layouts.maps.cells.value);
const row = codec(layouts.maps.rows.value);

/** What a slot holds; counts and times of both banks. */
interface Slot {
  readonly kind?: VictimKind;
  readonly victim?: number;
  readonly tid?: number;
  readonly pid?: number;
  readonly class: InterruptClass;
  readonly source?: number;
  /** Of the earlier and of the later epoch. */
  readonly names?: readonly [string, string];
  readonly comms?: readonly [string, string];
  readonly counts?: readonly [number, number];
  readonly selfNs?: readonly [number, number];
}

function mapOf<T>(
  map: { readonly size: number; encode(value: T, view: DataView, at?: number): void },
  values: readonly T[],
): RawMap {
  const bytes = new Uint8Array(map.size * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    map.encode(value, view, index * map.size);
  });
  return { entries: values.length, cpus: 1, valueStride: map.size, bytes };
}

const EMPTY: Slot = { class: "device", counts: [0, 0] };

/** The slots after those of the remainders. */
function rawOf(slots: readonly Slot[], remainders: readonly Slot[] = [], more: Partial<RawSnapshot> = {}): RawSnapshot {
  const all = [...remainders, ...Array<Slot>(REMAINDER_SLOTS - remainders.length).fill(EMPTY), ...slots];
  const classOf = (name: InterruptClass): number => INTERRUPT_CLASSES.findIndex((known) => known.name === name);
  return {
    schema: VICTIM_SCHEMA,
    measure: "time",
    perCpu: false,
    epoch: 2,
    possibleCpus: [0],
    startUnixMs: 0,
    elapsedNs: 1e9,
    lost: { unmatched: 0, tableFull: 0, recursionMisses: 0 },
    maps: {
      cells: mapOf(
        cell,
        all.map(({ counts = [1, 0], selfNs = [0, 0] }) => ({
          writing: 0n,
          banks: counts.map((count, bank) => ({
            count: BigInt(count),
            self_ns: BigInt(selfNs[bank] ?? 0),
            epoch: bank + 1,
            padding: 0,
          })),
        })),
      ),
      rows: mapOf(
        row,
        all.map(
          ({
            kind = "task",
            victim = 0,
            tid = 0,
            pid = 0,
            source = 0,
            names = ["", ""],
            comms = ["", ""],
            ...slot
          }) => ({
            labels: names.map((name, bank) => ({ name, comm: comms[bank] ?? "", epoch: bank + 1, padding: 0 })),
            victim: BigInt(victim),
            tid,
            pid,
            class: classOf(slot.class),
            source,
            used: 1,
            kind: VICTIM_KINDS.indexOf(kind),
          }),
        ),
      ),
    },
    ...more,
  };
}

test("a task's row has its number, its process's, and the name that it had last", () => {
  const { rows } = decodeVictims(
    rawOf([
      { class: "softirq", source: 3, tid: 71, pid: 70, comms: ["sh", "curl"], counts: [2, 3], selfNs: [900, 1_100] },
    ]),
  );
  expect(rows).toEqual([
    {
      victimKind: "task",
      victim: "curl",
      tid: 71,
      pid: 70,
      class: "softirq",
      vector: 3,
      name: "net_rx",
      slot: REMAINDER_SLOTS,
      count: 5,
      totalNs: 2_000,
    },
  ]);
});

test("sources of each class are named", () => {
  const { rows } = decodeVictims(
    rawOf([
      { class: "device", source: 36, names: ["old", "virtio1-req.0"], tid: 1 },
      { class: "vector", source: 236, tid: 1 },
      { class: "vector", source: 3, tid: 1 },
      { class: "ipi", source: 2, names: ["", "Rescheduling interrupts"], tid: 1 },
      { class: "ipi", source: 3, tid: 1 },
      { class: "nmi", tid: 1 },
      { class: "softirq", source: 11, tid: 1 },
    ]),
  );
  expect(rows.map(({ class: name, irq, vector, name: source }) => [name, irq, vector, source])).toEqual([
    ["device", 36, undefined, "virtio1-req.0"],
    ["vector", undefined, 236, "local_timer"],
    ["vector", undefined, 3, "spurious_apic"],
    ["ipi", 2, undefined, "Rescheduling interrupts"],
    ["ipi", 3, undefined, "IPI"],
    ["nmi", undefined, undefined, "nmi"],
    ["softirq", undefined, 11, "vector 11"],
  ]);
});

test("what found no row is told by class, and an idle CPU is nobody, whatever victims are told apart by", () => {
  const remainders: readonly Slot[] = INTERRUPT_CLASSES.map(({ name }, index) => ({ class: name, counts: [index, 1] }));
  const idle = VICTIM_KINDS.map((kind): Slot => ({ class: "softirq", kind }));
  const { rows } = decodeVictims(rawOf(idle, remainders));
  expect(rows.slice(0, REMAINDER_SLOTS)).toEqual(
    INTERRUPT_CLASSES.map(({ name }, slot) => ({
      victimKind: "others",
      victim: "(others)",
      class: name,
      name: "(any)",
      slot,
      count: slot + 1,
      totalNs: 0,
    })),
  );
  expect(rows.slice(REMAINDER_SLOTS).map(({ victimKind, victim }) => [victimKind, victim])).toEqual(
    VICTIM_KINDS.map(() => ["idle", "(idle)"]),
  );
});

test("cgroups have their paths, as far as these were found, and CPU modes their names", () => {
  const raw = rawOf([
    { class: "softirq", kind: "cgroup", victim: 1 },
    { class: "softirq", kind: "cgroup", victim: 4_242 },
    { class: "device", kind: "cgroup", victim: 4_242 },
    { class: "softirq", kind: "cpu-mode", victim: 1 },
    { class: "softirq", kind: "cpu-mode", victim: 2 },
    { class: "softirq", kind: "cpu-mode", victim: 3 },
    { class: "softirq", kind: "cgroup" },
  ]);
  expect(cgroupsIn(raw)).toEqual([1, 4_242]);
  const { rows } = decodeVictims({ ...raw, cgroups: { "1": "/" } });
  expect(rows.map(({ victim, cgroup }) => [victim, cgroup])).toEqual([
    ["/", 1],
    ["cgroup 4242", 4_242],
    ["cgroup 4242", 4_242],
    ["user", undefined],
    ["kernel", undefined],
    ["unknown", undefined],
    ["(idle)", undefined],
  ]);
});

test("snapshots of others and damaged ones are refused", () => {
  const raw = rawOf([{ class: "device" }]);
  expect(() => decodeVictims({ ...raw, schema: "irqtrace.softirqs/1" })).toThrow(LayoutMismatchError);
  const { cells, ...others } = raw.maps;
  expect(() => decodeVictims({ ...raw, maps: others })).toThrow(LayoutMismatchError);
  expect(cells?.entries).toBe(REMAINDER_SLOTS + 1);
});
