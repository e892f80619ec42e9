import { victims as layouts } from "@irqtrace/bpf-objects/layouts";
import { victimsObject } from "@irqtrace/bpf-objects/victims";
import { SYSTEM_VECTORS } from "@irqtrace/hardirqs/decode";
import type { Flavour, ObjectDefinition, TracerDefinition } from "@irqtrace/tracer";
import { INTERRUPT_CLASSES, type InterruptClass } from "./interrupt-class.ts";
import type { AddressRange, KernelEntries } from "./kernel-entries.ts";
import { VICTIM_KINDS, type VictimKind, type VictimRow } from "./victim-row.ts";
import { REMAINDER_SLOTS, VICTIM_SCHEMA, victimTable } from "./victim-table.ts";

/** The machine, as far as it decides what is attached and how large the tables are. */
export interface VictimMachine {
  readonly irqs: number;
  readonly isPreemptRt: boolean;
  /** Whether handlers of devices can be arm64's IPIs. */
  readonly hasIpis: boolean;
  /** Whether an NMI may put something into a hash: from 5.11 on. */
  readonly canInsertInNmi: boolean;
  readonly entries: KernelEntries;
  hasTracepoint(name: string): boolean;
}

/** What is traced, of what this machine has. */
export interface VictimSelection {
  readonly by: VictimKind;
  readonly classes: readonly InterruptClass[];
  readonly tableEntries: number;
}

/** As MAX_RANGES of victim.bpf.h. */
const MAX_RANGES = 16;

/** What can run between a class's start and end, and is taken off its time. */
const NESTED: Readonly<Record<InterruptClass, readonly InterruptClass[]>> = {
  device: ["device", "ipi", "nmi"],
  vector: ["nmi"],
  ipi: ["device", "ipi", "nmi"],
  nmi: [],
  softirq: ["device", "vector", "ipi", "nmi"],
};

/** Tracepoints that not every machine has. */
const OPTIONAL: Readonly<Record<InterruptClass, readonly string[]>> = {
  device: [],
  softirq: [],
  vector: SYSTEM_VECTORS.flatMap(({ name }) => [`${name}_entry`, `${name}_exit`]),
  ipi: ["ipi_entry"],
  nmi: ["nmi_handler"],
};

/** Tracepoints of a class that this machine has all of; of vectors, those that have both. */
export function tracepointsOf(
  name: InterruptClass,
  { hasTracepoint, hasIpis }: Pick<VictimMachine, "hasTracepoint" | "hasIpis">,
): readonly string[] {
  const present = (...names: readonly string[]): readonly string[] => (names.every(hasTracepoint) ? names : []);
  switch (name) {
    case "device":
      return ["irq_handler_entry", "irq_handler_exit"];
    case "softirq":
      return ["softirq_entry", "softirq_exit"];
    case "ipi":
      return hasIpis ? ["irq_handler_entry", "irq_handler_exit"] : [];
    case "nmi":
      return present("nmi_handler");
    case "vector":
      return SYSTEM_VECTORS.flatMap((vector) => present(`${vector.name}_entry`, `${vector.name}_exit`));
  }
}

/** Declares how victims are traced. */
export function victimDefinition(selection: VictimSelection, machine: VictimMachine): TracerDefinition<VictimRow> {
  return {
    schema: VICTIM_SCHEMA,
    objects: [victimObject(selection, machine)],
    absentTracepoints: attachedClasses(selection.classes)
      // Of a class that this architecture does not have at all nobody expects any.
      .filter((name) => tracepointsOf(name, machine).length > 0)
      .flatMap((name) => OPTIONAL[name])
      .filter((name) => !machine.hasTracepoint(name)),
    decode: (raw) => [victimTable(raw)],
  };
}

function victimObject(selection: VictimSelection, machine: VictimMachine): ObjectDefinition {
  const { by, classes, tableEntries } = selection;
  const { cells, rows } = layouts.maps;
  const slots = REMAINDER_SLOTS + tableEntries;
  const attached = attachedClasses(classes);
  const vectors = attached.includes("vector") ? tracepointsOf("vector", machine) : [];
  return {
    name: "victims",
    object: victimsObject,
    layouts,
    tracepoints: ["irq_handler_entry", "irq_handler_exit", "softirq_entry", "softirq_exit"],
    programs: (flavour) => programs(attached, machine, flavour),
    ...(vectors.length === 0
      ? {}
      : {
          attachTo: {
            victim_vector_entry_raw_tp: vectors.filter((name) => name.endsWith("_entry")),
            victim_vector_exit_raw_tp: vectors.filter((name) => name.endsWith("_exit")),
          },
        }),
    maxEntries: {
      device_starts: machine.irqs,
      cells: slots,
      rows: slots,
      slots: tableEntries,
      free_slots: tableEntries,
      stacks: by === "cpu-mode" ? layouts.maps.stacks.maxEntries : 1,
    },
    // A task runs on one CPU at a time; cgroups and modes are all CPUs' at once.
    mapKinds: by === "task" ? {} : { cells: "percpu_array" },
    rodata: {
      victim_kind: VICTIM_KINDS.indexOf(by),
      wanted_classes: INTERRUPT_CLASSES.reduce(
        (bits, { name }, bit) => bits | (classes.includes(name) ? 1 << bit : 0),
        0,
      ),
      preempt_rt: machine.isPreemptRt,
      has_ipi_handlers: machine.hasIpis,
      nmi_can_insert: machine.canInsertInNmi,
      interrupt_entries: padded(machine.entries.interrupts),
      other_entries: padded(machine.entries.others),
    },
    prepare: (object) => {
      for (let slot = REMAINDER_SLOTS; slot < slots; slot++) object.map("free_slots").push(slot);
    },
    samplePlans: [
      {
        cells: { name: "cells", value: cells.value, banks: ["banks"], writing: "writing", count: "count" },
        labels: { name: "rows", value: rows.value, banks: ["labels"], used: "used" },
      },
    ],
  };
}

function attachedClasses(wanted: readonly InterruptClass[]): readonly InterruptClass[] {
  return [...new Set(wanted.flatMap((name) => [name, ...NESTED[name]]))];
}

/** Entries before exits: an exit whose entry was not seen counts as lost. */
function programs(attached: readonly InterruptClass[], machine: VictimMachine, flavour: Flavour): readonly string[] {
  const has = (name: InterruptClass): boolean => attached.includes(name) && tracepointsOf(name, machine).length > 0;
  const chosen = (isChosen: boolean, ...names: readonly string[]): readonly string[] => (isChosen ? names : []);
  const hasHandlers = has("device") || has("ipi");
  return [
    ...chosen(hasHandlers, `victim_device_entry_${flavour}`),
    ...chosen(has("vector"), "victim_vector_entry_raw_tp"),
    ...chosen(has("softirq"), `victim_softirq_entry_${flavour}`),
    ...chosen(machine.hasIpis && hasHandlers && machine.hasTracepoint("ipi_entry"), "victim_ipi_reason_raw_tp"),
    ...chosen(has("nmi"), "victim_nmi_raw_tp"),
    ...chosen(hasHandlers, `victim_device_exit_${flavour}`),
    ...chosen(has("vector"), "victim_vector_exit_raw_tp"),
    ...chosen(has("softirq"), `victim_softirq_exit_${flavour}`),
  ];
}

/** What does not fit is left out: what was entered there is then unknown. */
function padded(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const none: AddressRange = { start: 0n, end: 0n };
  return Array.from({ length: MAX_RANGES }, (_, index) => ranges[index] ?? none);
}
