import { classFlag } from "./class-flag.ts";
import type { Flag } from "./command-grammar.ts";
import { type Flavour, type Format, SIZE_KEYS, type SortKey } from "./invocation.ts";
import { choiceOf, nameFlag, SHARED_FLAGS, wholeNumber } from "./shared-flags.ts";
import type { TraceCommand } from "./trace-commands.ts";
import type { VictimKindName } from "./victims/victims-invocation.ts";

/** The flags of a command line: parsed one by one, not yet checked against each other. */
export interface FlagValues {
  readonly dist?: true;
  readonly count?: true;
  readonly latency?: true;
  readonly places?: true;
  readonly nanoseconds?: true;
  readonly timestamp?: true;
  readonly utc?: true;
  readonly perCpu?: true;
  readonly cpu?: string;
  readonly cgroup?: string;
  readonly name?: readonly ((name: string) => boolean)[];
  readonly sort?: SortKey;
  readonly top?: number;
  readonly format?: Format;
  readonly json?: true;
  readonly cost?: true;
  readonly findings?: boolean;
  readonly probe?: Flavour;
  readonly verbose?: true;
  readonly over?: number;
  readonly class?: readonly string[];
  readonly by?: VictimKindName;
  readonly entries?: number;
  readonly stack?: true;
  readonly self?: true;
  readonly matrix?: true;
}

/** Every flag of a tracing command; they share them all, but for the number that `--sort` may go by. */
export function traceFlags(command: TraceCommand): readonly Flag[] {
  return [
    { names: "-d, --dist", description: "a power-of-two histogram per row" },
    { names: "-C, --count", description: "counts only: no clock is read in the kernel" },
    ...(command.canWait ? WAIT_FLAGS : []),
    SHARED_FLAGS.nanoseconds,
    SHARED_FLAGS.timestamp,
    SHARED_FLAGS.utc,
    { names: "--per-cpu", description: "one row per CPU" },
    ...(command.classes === undefined
      ? []
      : [classFlag(command.classes, (allowed) => `only these classes: ${allowed} (default: device)`)]),
    ...(command.classes === undefined
      ? []
      : [{ names: "--matrix", description: "each row's rate and share of each CPU, with its affinity and NUMA node" }]),
    { names: "--self", description: "also each row's time without what other interrupts took of it" },
    SHARED_FLAGS.cpu,
    SHARED_FLAGS.cgroup,
    nameFlag("only rows whose name matches; repeatable: any of them", command.rowNames),
    {
      names: "--sort",
      description: `${SIZE_KEYS.join(", ")}, name or ${command.numberKey} (default: total, or count with --count)`,
      value: choiceOf("--sort", "KEY", [...SIZE_KEYS, "name", command.numberKey]),
    },
    { names: "--top", description: "the first N rows", value: wholeNumber("--top", "N") },
    SHARED_FLAGS.format,
    SHARED_FLAGS.json,
    SHARED_FLAGS.cost,
    {
      names: "--findings",
      description: "after each report, what is worth a look in it (tables, json); a summary in a table always has it",
    },
    { names: "--no-findings", description: "not even then" },
    SHARED_FLAGS.probe,
    SHARED_FLAGS.verbose,
  ];
}

const WAIT_FLAGS: readonly Flag[] = [
  { names: "--latency", description: "how long runs had waited since they were asked for, and which ksoftirqd began" },
  {
    names: "--places",
    description: "where they began, by the kernel's stack: as an interrupt ended, or in a task (implies --latency)",
  },
];
