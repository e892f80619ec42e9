import { SYSTEM_VECTORS } from "@irqtrace/hardirqs/decode";
import type { Flavour } from "@irqtrace/tracer";
import { INTERRUPT_CLASSES } from "./interrupt-class.ts";
import { SLOW_CLASSES, type SlowClass } from "./slow-event.ts";

/** The machine, as far as it decides what can be attached. */
export interface SlowMachine {
  /** As `process.arch` has it. */
  readonly architecture: string;
  hasTracepoint(name: string): boolean;
}

/** What to load and attach. */
export interface SlowPlan {
  readonly classes: readonly SlowClass[];
  /** Classes that were not asked for by name and that this machine cannot have. */
  readonly absent: readonly SlowClass[];
  /** Entries before exits: an exit whose entry was not seen counts as lost. */
  readonly programs: readonly string[];
  /** Of the programs that name none themselves. */
  readonly tracepoints: Readonly<Record<string, readonly string[]>>;
  /** arm64: handlers named IPI run as those of devices. */
  readonly rodata: {
    readonly has_ipi_handlers: boolean;
    readonly reports_devices: boolean;
    readonly reports_ipi_handlers: boolean;
  };
}

/** Tracepoints that a class cannot do without. */
const NEEDED: Readonly<Record<SlowClass, readonly string[]>> = {
  device: ["irq_handler_entry", "irq_handler_exit"],
  vector: [],
  ipi: ["irq_handler_entry", "irq_handler_exit"],
  nmi: ["nmi_handler"],
  softirq: ["softirq_entry", "softirq_exit"],
  raise: ["softirq_raise", "softirq_entry"],
};

/** Names of the system vectors whose tracepoints this kernel has, entries and exits. */
function presentVectors({ hasTracepoint }: SlowMachine): readonly string[] {
  const names = SYSTEM_VECTORS.map(({ name }) => name);
  return names.filter((name) => hasTracepoint(`${name}_entry`) && hasTracepoint(`${name}_exit`));
}

function isPossible(slowClass: SlowClass, machine: SlowMachine): boolean {
  const architectures: readonly string[] = (
    INTERRUPT_CLASSES.find(({ name }) => name === slowClass) ?? { architectures: [machine.architecture] }
  ).architectures;
  if (!architectures.includes(machine.architecture)) return false;
  if (slowClass === "vector") return presentVectors(machine).length > 0;
  return NEEDED[slowClass].every((name) => machine.hasTracepoint(name));
}

/** Plans for some classes, or all that the machine can have. The classes that were asked for and are not possible are absent. */
export function planSlow(wanted: readonly SlowClass[] | undefined, machine: SlowMachine, flavour: Flavour): SlowPlan {
  const asked = SLOW_CLASSES.filter((slowClass) => wanted?.includes(slowClass) ?? true);
  const classes = asked.filter((slowClass) => isPossible(slowClass, machine));
  const has = (slowClass: SlowClass): boolean => classes.includes(slowClass);
  const hasIpiTracepoint = machine.hasTracepoint("ipi_entry") && machine.hasTracepoint("ipi_exit");
  const ipiHandlers = has("ipi") && !hasIpiTracepoint;
  const isDeviceNeeded = has("device") || ipiHandlers;
  const vectors = has("vector") ? presentVectors(machine) : [];
  const chosen = (isChosen: boolean, ...names: readonly string[]): readonly string[] => (isChosen ? names : []);
  return {
    classes,
    absent: asked.filter((slowClass) => !has(slowClass)),
    programs: [
      ...chosen(isDeviceNeeded, "device_entry"),
      ...chosen(vectors.length > 0, "vector_entry"),
      ...chosen(has("ipi") && hasIpiTracepoint, "ipi_entry"),
      ...chosen(has("softirq"), "softirq_entry"),
      ...chosen(isDeviceNeeded, `device_exit_${flavour}`),
      ...chosen(vectors.length > 0, "vector_exit"),
      ...chosen(has("ipi") && hasIpiTracepoint, "ipi_exit"),
      ...chosen(has("nmi"), "nmi_handler"),
      ...chosen(has("softirq"), "softirq_exit"),
      // Here it is the other way round: of a raise whose run was not seen, the next run would seem to be.
      ...chosen(has("raise"), "softirq_run", "softirq_raise"),
    ],
    tracepoints:
      vectors.length === 0
        ? {}
        : {
            vector_entry: vectors.map((name) => `${name}_entry`),
            vector_exit: vectors.map((name) => `${name}_exit`),
          },
    rodata: {
      has_ipi_handlers: machine.architecture === "arm64",
      reports_devices: has("device"),
      reports_ipi_handlers: ipiHandlers,
    },
  };
}
