import { expect, test } from "bun:test";
import { INTERRUPT_CLASSES, type InterruptClass } from "./interrupt-class.ts";
import { type VictimMachine, victimDefinition } from "./victim-definition.ts";

const ALL = INTERRUPT_CLASSES.map(({ name }) => name);
const NO_ENTRIES = { interrupts: [], others: [] };

const X86: VictimMachine = {
  irqs: 100,
  isPreemptRt: false,
  hasIpis: false,
  canInsertInNmi: true,
  entries: NO_ENTRIES,
  hasTracepoint: (name) => /^(local_timer|reschedule)_(entry|exit)$|^irq_work_entry$|^nmi_handler$/.test(name),
};
const ARM: VictimMachine = { ...X86, hasIpis: true, hasTracepoint: (name) => name.startsWith("ipi_") };

type Declared = ReturnType<typeof victimDefinition>["objects"][number];

function declared(machine: VictimMachine, ...classes: readonly InterruptClass[]): Declared {
  const [object] = victimDefinition({ by: "task", classes, tableEntries: 10 }, machine).objects;
  if (object === undefined) throw new Error("The definition has no object.");
  return object;
}

const programs = (machine: VictimMachine, ...classes: readonly InterruptClass[]): readonly string[] =>
  declared(machine, ...classes)
    .programs("tp_btf")
    .map((name) => name.replace(/^victim_/, "").replace(/_(tp_btf|raw_tp)$/, ""));

test("every class that the machine has is attached, entries before exits", () => {
  expect(programs(X86, ...ALL)).toEqual([
    "device_entry",
    "vector_entry",
    "softirq_entry",
    "nmi",
    "device_exit",
    "vector_exit",
    "softirq_exit",
  ]);
  expect(programs(ARM, ...ALL)).toEqual(["device_entry", "softirq_entry", "ipi_reason", "device_exit", "softirq_exit"]);
});

test("a class brings along what can nest in it, and no more", () => {
  expect(programs(X86, "nmi")).toEqual(["nmi"]);
  expect(programs(X86, "vector")).toEqual(["vector_entry", "nmi", "vector_exit"]);
  expect(programs(X86, "device")).toEqual(["device_entry", "nmi", "device_exit"]);
  expect(programs(X86, "softirq")).toEqual(programs(X86, ...ALL));
  expect(programs(ARM, "ipi")).toEqual(["device_entry", "ipi_reason", "device_exit"]);
});

test("a vector is attached where the kernel has its entry and its exit", () => {
  expect(declared(X86, "vector").attachTo).toEqual({
    victim_vector_entry_raw_tp: ["local_timer_entry", "reschedule_entry"],
    victim_vector_exit_raw_tp: ["local_timer_exit", "reschedule_exit"],
  });
  expect(declared(X86, "device").attachTo).toBeUndefined();
});

test("tracepoints that the machine lacks are told, as far as they were wanted", () => {
  const absent = (machine: VictimMachine, ...classes: readonly InterruptClass[]): readonly string[] | undefined =>
    victimDefinition({ by: "task", classes, tableEntries: 10 }, machine).absentTracepoints;
  expect(absent(X86, "vector")).toContain("call_function_exit");
  expect(absent(X86, "vector")).not.toContain("local_timer_entry");
  expect(absent(X86, "nmi", "ipi")).toEqual([]);
  expect(absent(ARM, ...ALL)).toEqual([]);
  expect(absent({ ...ARM, hasTracepoint: () => false }, "ipi")).toEqual(["ipi_entry"]);
});

test("only what is asked for is charged", () => {
  expect(declared(X86, "device").rodata?.["wanted_classes"]).toBe(0b00001);
  expect(declared(X86, "softirq", "nmi").rodata?.["wanted_classes"]).toBe(0b11000);
  expect(declared(X86, ...ALL).rodata?.["wanted_classes"]).toBe(0b11111);
});

test("tables have room for the remainders besides, and cells of what all CPUs share are per CPU", () => {
  const { maxEntries, mapKinds } = declared(X86, ...ALL);
  expect(maxEntries).toMatchObject({ device_starts: 100, cells: 15, rows: 15, slots: 10, free_slots: 10, stacks: 1 });
  expect(mapKinds).toEqual({});
  const [modes] = victimDefinition({ by: "cpu-mode", classes: ALL, tableEntries: 10 }, X86).objects;
  expect(modes?.mapKinds).toEqual({ cells: "percpu_array" });
  expect(modes?.maxEntries?.["stacks"]).toBe(3);
});

test("kernel entries that do not fit are left out", () => {
  const interrupts = Array.from({ length: 20 }, (_, index) => ({ start: BigInt(index), end: BigInt(index + 1) }));
  const ranges = declared({ ...X86, entries: { interrupts, others: [] } }, "device").rodata;
  expect(ranges?.["interrupt_entries"]).toEqual(interrupts.slice(0, 16));
  expect(ranges?.["other_entries"]).toEqual(Array(16).fill({ start: 0n, end: 0n }));
});
