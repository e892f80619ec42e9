import type { Example, Suggestions } from "./command-grammar.ts";
import type { RowField } from "./report.ts";

export type TraceCommandName = "hardirqs" | "softirqs";

/** Where the two tracing commands differ, as data: everything else is written once for both. */
export interface TraceCommand {
  readonly name: TraceCommandName;
  /** One row's noun: heads the first column and each histogram. */
  readonly noun: string;
  readonly summary: string;
  /** The `schema` of its JSON reports. */
  readonly schema: string;
  /** Fields that tell its rows apart, in the order of JSON and CSV. */
  readonly identity: readonly RowField[];
  /** The number that `--sort` can go by. */
  readonly numberKey: "irq" | "vector";
  /** Counters beside count and time, in the order of JSON and CSV. */
  readonly outcomes: readonly RowField[];
  /** The classes that its rows can be asked for. */
  readonly classes?: readonly string[];
  /** Whether its events are asked for before they happen, so that they can be late. */
  readonly canWait?: true;
  /** What names its rows can have, where that is known beforehand. */
  readonly rowNames?: Suggestions;
  readonly examples: readonly Example[];
}

export const TRACE_COMMANDS: Readonly<Record<TraceCommandName, TraceCommand>> = {
  hardirqs: {
    name: "hardirqs",
    noun: "hardirq",
    summary: "time spent in hard interrupts, by default those of devices",
    schema: "irqtrace.hardirqs/1",
    identity: ["class", "irq", "action"],
    numberKey: "irq",
    outcomes: ["unhandled", "wakeThread"],
    classes: ["device", "vector", "ipi", "nmi"],
    examples: [
      ["irqtrace hardirqs 1", "a table every second until Ctrl-C"],
      ["irqtrace hardirqs 1 5 --name 'nvme*' --per-cpu", "five tables of the NVMe queues, a row per CPU"],
      ["irqtrace hardirqs -d 10 1", "histograms of ten seconds"],
      ["irqtrace hardirqs 1 --class all --self", "timers, IPIs and NMIs too, each without what interrupted it"],
      ["irqtrace hardirqs 100ms --json", "a JSON object per line, ten a second"],
    ],
  },
  softirqs: {
    name: "softirqs",
    noun: "softirq",
    summary: "time spent in softirqs, by vector",
    schema: "irqtrace.softirqs/1",
    identity: ["vector"],
    numberKey: "vector",
    outcomes: [],
    canWait: true,
    rowNames: "vectors",
    examples: [
      ["irqtrace softirqs 1", "a table every second until Ctrl-C"],
      ["irqtrace softirqs 1 5 --name 'net_*' --per-cpu", "five tables of the network softirqs, a row per CPU"],
      ["irqtrace softirqs -d 10 1", "histograms of ten seconds"],
      ["irqtrace softirqs 1 --latency --places", "also how long they waited, and where they ran"],
      ["irqtrace softirqs --cpu 0-3 --sort max", "four CPUs until Ctrl-C, the worst case first"],
    ],
  },
};

export const TRACE_COMMAND_NAMES: readonly TraceCommandName[] = ["hardirqs", "softirqs"];
