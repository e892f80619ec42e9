import { findIsolatedCpus, findUnevenDevices } from "./find-cpus.ts";
import { findThreadedHandlers, findUnhandled } from "./find-handlers.ts";
import { findKsoftirqd, findLateSoftirqs } from "./find-softirqs.ts";
import {
  FINDING_THRESHOLDS,
  type Finding,
  type FindingRow,
  type FindingThresholds,
  type MachineFacts,
} from "./finding.ts";

/** What happened, in two views. */
export interface FindingInput {
  /** As a tracer gave them: what waits and places are taken from. */
  readonly rows: readonly FindingRow[];
  /** Counts on each CPU, as `countsPerCpu` makes them of what `capture()` gave. */
  readonly cpuRows: readonly FindingRow[];
  readonly machine: MachineFacts;
}

/**
 * What the rows show that is worth a look, by the rules and thresholds of `FINDING_RULES`. Without a cause there is no
 * finding: most machines have none.
 *
 * @example
 * ```ts
 * import { findings } from "@irqtrace/interrupts/decode";
 *
 * const late = { name: "net_rx", vector: 3, count: 500, latency: { count: 500, p99Ns: 9_000_000 } };
 * const machine = { onlineCpus: [0], tickNs: 4_000_000 };
 * for (const { sentence } of findings({ rows: [late], cpuRows: [], machine })) console.log(sentence);
 * // net_rx: 1 of 100 runs waited for 9 ms or longer, of 500 (above a tick, 4 ms).
 * console.log(findings({ rows: [late], cpuRows: [], machine }, { lateTicks: 3 })); // []
 * ```
 */
export function findings(input: FindingInput, thresholds: Partial<FindingThresholds> = {}): readonly Finding[] {
  const { rows, cpuRows, machine } = input;
  const limits = { ...FINDING_THRESHOLDS, ...thresholds };
  return [
    ...findUnhandled(cpuRows, limits),
    ...findUnevenDevices(cpuRows, machine, limits),
    ...findIsolatedCpus(cpuRows, machine, limits),
    ...findLateSoftirqs(rows, machine, limits),
    ...findKsoftirqd(rows, machine, limits),
    ...findThreadedHandlers(cpuRows, limits),
  ];
}
