import { system as layouts } from "@irqtrace/bpf-objects/layouts";
import { systemObject as objectBytes } from "@irqtrace/bpf-objects/system";
import { type BankedMap, findTracepoints, type ObjectDefinition, withoutTracepoints } from "@irqtrace/tracer";
import type { HardirqMeasurement } from "./definition.ts";
import { HARDIRQ_CLASSES, type HardirqClass } from "./hardirq-class.ts";
import { SYSTEM_VECTORS } from "./system-vectors.ts";

/**
 * The classes of interrupts that belong to no device.
 *
 * @example
 * ```ts
 * import type { SystemClass } from "@irqtrace/hardirqs";
 *
 * const own: readonly SystemClass[] = ["vector", "ipi", "nmi"];
 * console.log(own.length); // 3
 * ```
 */
export type SystemClass = Exclude<HardirqClass, "device">;

/** Which of the CPUs' own interrupts can be traced, by tracepoints. */
export interface SystemTracepoints {
  /** Names of vectors whose entry and exit this kernel has. */
  readonly vectors: readonly string[];
  readonly hasIpis: boolean;
  readonly hasNmis: boolean;
  /** Tracepoints that were looked for and are not there. */
  readonly absent: readonly string[];
}

/** As MAX_KNOWN of system.bpf.c. */
const MAX_KNOWN = 16;

const entryAndExit = (name: string): readonly [string, string] => [`${name}_entry`, `${name}_exit`];

/**
 * The tracepoints that tell of each class but devices, without their groups. A kernel may lack some.
 *
 * @example
 * ```ts
 * import { SYSTEM_TRACEPOINTS } from "@irqtrace/hardirqs";
 *
 * console.log(SYSTEM_TRACEPOINTS.ipi.join(" ")); // ipi_entry ipi_exit
 * ```
 */
export const SYSTEM_TRACEPOINTS: Readonly<Record<SystemClass, readonly string[]>> = {
  vector: SYSTEM_VECTORS.flatMap(({ name }) => entryAndExit(name)),
  ipi: entryAndExit("ipi"),
  nmi: ["nmi_handler"],
};

/** Other architectures may have tracepoints of these names too, where nothing ever passes (ipi on x86, in 6.12). */
const ARCHITECTURES: Readonly<Record<SystemClass, string>> = { vector: "x64", ipi: "arm64", nmi: "x64" };

/**
 * Looks for the tracepoints of the classes that are to be traced, one by one, as far as this architecture has the class.
 *
 * @param required Classes that must have at least one.
 * @throws UnsupportedKernelError if one of these has none.
 */
export function findSystemTracepoints(
  traced: readonly HardirqClass[],
  required: readonly HardirqClass[],
): SystemTracepoints {
  const { present, absent } = findTracepoints(
    SYSTEM_CLASSES.filter((name) => isHere(name) && traced.includes(name)).flatMap((name) => SYSTEM_TRACEPOINTS[name]),
  );
  const has = (names: readonly string[]): boolean => names.every((name) => present.includes(name));
  for (const name of SYSTEM_CLASSES.filter((one) => required.includes(one))) {
    const names = SYSTEM_TRACEPOINTS[name];
    if (!isHere(name))
      throw withoutTracepoints(
        `class ${name}`,
        names,
        `only ${ARCHITECTURES[name]} has it, and this is ${process.arch}`,
      );
    if (!names.some((one) => present.includes(one))) throw withoutTracepoints(`class ${name}`, names);
  }
  return {
    vectors: SYSTEM_VECTORS.map(({ name }) => name).filter((name) => has(entryAndExit(name))),
    hasIpis: has(SYSTEM_TRACEPOINTS.ipi),
    hasNmis: has(SYSTEM_TRACEPOINTS.nmi),
    absent,
  };
}

const SYSTEM_CLASSES: readonly SystemClass[] = HARDIRQ_CLASSES.filter((name) => name !== "device");

const isHere = (name: SystemClass): boolean => ARCHITECTURES[name] === process.arch;

/** Whether there is anything to load the object for. */
export const hasAny = ({ vectors, hasIpis, hasNmis }: SystemTracepoints): boolean =>
  vectors.length > 0 || hasIpis || hasNmis;

/** Declares how the object of the CPUs' own interrupts is loaded and read. */
export function systemObject(
  { measure = "time", exclusive = false }: HardirqMeasurement,
  { vectors, hasIpis, hasNmis }: SystemTracepoints,
): ObjectDefinition {
  const isTimed = measure === "time";
  const isExclusive = isTimed && exclusive;
  const firstIpi = vectors.length > 0 ? SYSTEM_VECTORS.length : 0;
  const firstNmi = firstIpi + (hasIpis ? MAX_KNOWN : 0);
  const slots = firstNmi + (hasNmis ? MAX_KNOWN : 0);
  const attachTo = Object.fromEntries([
    ...pairs("vector", isTimed, vectors),
    ...pairs("ipi", isTimed, hasIpis ? ["ipi"] : []),
    ...(hasNmis ? [[isTimed ? "nmi_raw_tp" : "nmi_count_raw_tp", SYSTEM_TRACEPOINTS.nmi] as const] : []),
  ]);
  return {
    name: "system",
    object: objectBytes,
    layouts,
    // None that a flavour depends on: one raw_tp program serves many tracepoints.
    tracepoints: [],
    programs: () => Object.keys(attachTo),
    attachTo,
    maxEntries: {
      sources: slots,
      source_histograms: isTimed ? slots : 1,
      source_openings: isExclusive ? slots : 1,
      source_taken: isExclusive ? slots : 1,
    },
    rodata: { first_ipi: firstIpi, first_nmi: firstNmi, exclusive: isExclusive },
    sharedMaps: isExclusive ? ["interrupt_times"] : [],
    samplePlans: [
      {
        cells: {
          name: "sources",
          value: layouts.maps.sources.value,
          banks: ["banks"],
          writing: "writing",
          count: "count",
        },
        details: details(isTimed, isExclusive).map((map) => ({ ...map, holds: () => true })),
      },
    ],
  };
}

/** Which tracepoints each program of a class goes to; all entries come before all exits. */
function pairs(
  kind: "vector" | "ipi",
  isTimed: boolean,
  names: readonly string[],
): readonly (readonly [program: string, tracepoints: readonly string[]])[] {
  if (names.length === 0) return [];
  const exits = names.map((name) => entryAndExit(name)[1]);
  if (!isTimed) return [[`${kind}_count_raw_tp`, exits]];
  return [
    [`${kind}_entry_raw_tp`, names.map((name) => entryAndExit(name)[0])],
    [`${kind}_exit_raw_tp`, exits],
  ];
}

function details(isTimed: boolean, isExclusive: boolean): readonly BankedMap[] {
  const { source_histograms: histograms, source_taken: taken } = layouts.maps;
  return [
    ...(isTimed ? [{ name: "source_histograms", value: histograms.value, banks: ["banks"] }] : []),
    ...(isExclusive ? [{ name: "source_taken", value: taken.value, banks: ["banks"] }] : []),
  ];
}
