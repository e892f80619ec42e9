import type { RowField } from "./report.ts";

export type CommandName = "hardirqs" | "softirqs";

/** Where the two commands differ, as data: everything else is written once for both. */
export interface CommandDefinition {
  readonly name: CommandName;
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
  readonly examples: readonly (readonly [commandLine: string, effect: string])[];
}

export const COMMANDS: Readonly<Record<CommandName, CommandDefinition>> = {
  hardirqs: {
    name: "hardirqs",
    noun: "hardirq",
    summary: "time spent in the handlers of device interrupts",
    schema: "irqtrace.hardirqs/1",
    identity: ["class", "irq", "action"],
    numberKey: "irq",
    outcomes: ["unhandled", "wakeThread"],
    examples: [
      ["irqtrace hardirqs 1", "a table every second until Ctrl-C"],
      ["irqtrace hardirqs 1 5 --name 'nvme*' --per-cpu", "five tables of the NVMe queues, a row per CPU"],
      ["irqtrace hardirqs -d 10 1", "histograms of ten seconds"],
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
    examples: [
      ["irqtrace softirqs 1", "a table every second until Ctrl-C"],
      ["irqtrace softirqs 1 5 --name 'net_*' --per-cpu", "five tables of the network softirqs, a row per CPU"],
      ["irqtrace softirqs -d 10 1", "histograms of ten seconds"],
      ["irqtrace softirqs --cpu 0-3 --sort max", "four CPUs until Ctrl-C, the worst case first"],
    ],
  },
};

export const COMMAND_NAMES: readonly CommandName[] = ["hardirqs", "softirqs"];
