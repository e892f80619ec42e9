/** What a finding is about: a key of {@link FINDING_RULES}. */
export type FindingRule = "unhandled" | "uneven-device" | "isolated-cpu" | "late-softirq" | "ksoftirqd" | "threaded";

/**
 * Something that the data shows and that is worth a look, as a plain sentence with its evidence and its threshold.
 *
 * @example
 * ```ts
 * import { findings } from "@irqtrace/interrupts/decode";
 *
 * const line = { class: "device", irq: 11, action: 0, name: "uhci_hcd:usb1", cpu: 0, count: 200, unhandled: 190 };
 * const [finding] = findings({ rows: [], cpuRows: [line], machine: { onlineCpus: [0, 1] } });
 * console.log(finding?.rule, finding?.evidence["share"]); // unhandled 0.95
 * ```
 */
export interface Finding {
  readonly rule: FindingRule;
  /** One sentence, without a control character that is not in a driver's name. */
  readonly sentence: string;
  /** The numbers of the sentence, and what they are of. */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** What was exceeded; see {@link FindingThresholds}. */
  readonly threshold: number;
}

/**
 * When something is a finding. Shares are between 0 and 1, and are exceeded, not met.
 *
 * @example
 * ```ts
 * import { FINDING_THRESHOLDS, type FindingThresholds } from "@irqtrace/interrupts/decode";
 *
 * const strict: FindingThresholds = { ...FINDING_THRESHOLDS, minimumRuns: 1_000, ksoftirqdShare: 0.1 };
 * console.log(strict.unhandledShare); // 0.5
 * ```
 */
export interface FindingThresholds {
  /** Of whatever has a share: with fewer runs there is no finding. */
  readonly minimumRuns: number;
  /** Of a handler's runs that returned IRQ_NONE. */
  readonly unhandledShare: number;
  /** Of a device's interrupts that one CPU took, although the device has several lines to spread them. */
  readonly unevenShare: number;
  /** Interrupts or softirqs on a CPU that is isolated or without a tick: this many are a finding. */
  readonly isolatedRuns: number;
  /** Ticks that 1 of 100 runs of a softirq waited for. */
  readonly lateTicks: number;
  /** Of a softirq's runs that ksoftirqd began. */
  readonly ksoftirqdShare: number;
  /** Of a handler's runs that returned IRQ_WAKE_THREAD. */
  readonly threadedShare: number;
}

/** What {@link FindingThresholds} are unless told otherwise. */
export const FINDING_THRESHOLDS: FindingThresholds = {
  minimumRuns: 100,
  unhandledShare: 0.5,
  unevenShare: 0.8,
  isolatedRuns: 1,
  lateTicks: 1,
  ksoftirqdShare: 0.5,
  threadedShare: 0.5,
};

/** All rules: which threshold each goes by, and what it finds. */
export const FINDING_RULES: Readonly<
  Record<FindingRule, { readonly threshold: keyof FindingThresholds; readonly description: string }>
> = {
  unhandled: {
    threshold: "unhandledShare",
    description: "a handler that mostly says the interrupt is not its own: spurious, or a shared line",
  },
  "uneven-device": {
    threshold: "unevenShare",
    description: "a CPU that takes most interrupts of a device with several lines",
  },
  "isolated-cpu": {
    threshold: "isolatedRuns",
    description: "an isolated or nohz_full CPU that was interrupted, and by what",
  },
  "late-softirq": {
    threshold: "lateTicks",
    description: "a softirq of which 1 in 100 runs waits longer than a tick",
  },
  ksoftirqd: {
    threshold: "ksoftirqdShare",
    description: "a softirq that mostly runs in ksoftirqd, which competes with other tasks (not on PREEMPT_RT)",
  },
  threaded: {
    threshold: "threadedShare",
    description: "handlers that mostly leave the work to their thread, whose time is in no row",
  },
};

/**
 * What findings are made from: rows of any class, as the tracers give them.
 *
 * @example
 * ```ts
 * import type { FindingRow } from "@irqtrace/interrupts/decode";
 *
 * const row: FindingRow = { class: "device", irq: 36, action: 0, name: "virtio1-req.0", cpu: 0, count: 12 };
 * console.log(row.name); // virtio1-req.0
 * ```
 */
export interface FindingRow {
  readonly class?: string;
  readonly irq?: number;
  readonly action?: number;
  readonly vector?: number;
  readonly name: string;
  readonly cpu?: number;
  readonly count: number;
  readonly unhandled?: number;
  readonly wakeThread?: number;
  readonly latency?: { readonly count: number; readonly p99Ns: number };
  readonly unmatchedRaise?: number;
  readonly places?: { readonly ksoftirqd: number };
}

/**
 * What is known of the machine; what is not known leads to no finding. `machineFacts()` gives that of this machine.
 *
 * @example
 * ```ts
 * import type { MachineFacts } from "@irqtrace/interrupts/decode";
 *
 * const machine: MachineFacts = { onlineCpus: [0, 1, 2, 3], isolatedCpus: [3], tickNs: 4_000_000 };
 * console.log(machine.isolatedCpus); // [ 3 ]
 * ```
 */
export interface MachineFacts {
  readonly onlineCpus: readonly number[];
  /** Of /sys/devices/system/cpu/isolated. */
  readonly isolatedCpus?: readonly number[];
  /** Of /sys/devices/system/cpu/nohz_full. */
  readonly nohzFullCpus?: readonly number[];
  /** Length of a tick. */
  readonly tickNs?: number;
  /** Whether softirqs run in threads as a rule. */
  readonly isPreemptRt?: boolean;
  /** The interrupt lines of devices that have several, and which device each belongs to. */
  readonly deviceLines?: readonly DeviceLine[];
}

/** A line and its device, named by whatever tells devices apart. */
export interface DeviceLine {
  readonly irq: number;
  readonly device: string;
  readonly name: string;
}
