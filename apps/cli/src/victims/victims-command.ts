import { classFlag } from "../class-flag.ts";
import type { CommandGrammar, Ending } from "../command-grammar.ts";
import { ALLOWED_INTERVAL } from "../parse-interval.ts";
import { ALLOWED_WHOLE_NUMBER } from "../parse-whole-number.ts";
import { choiceOf, SHARED_FLAGS, wholeNumber } from "../shared-flags.ts";
import { wrongValue } from "../usage-error.ts";
import { CLASS_NAMES, VICTIM_KIND_NAMES, VICTIM_SORT_KEYS } from "./victims-invocation.ts";

const MAX_ENTRIES = 1_000_000;
const ALLOWED_ENTRIES = `a whole number from 1 to ${MAX_ENTRIES}`;

function parseEntries(text: string): number {
  const entries = /^\d+$/.test(text) ? Number(text) : 0;
  if (entries < 1 || entries > MAX_ENTRIES) throw wrongValue("--entries", text, ALLOWED_ENTRIES);
  return entries;
}

/** @param endings how tracing commands end */
export function victimsCommand(endings: readonly Ending[]): CommandGrammar {
  return {
    name: "victims",
    summary: "whose time interrupts take: that of tasks, cgroups or CPU modes",
    description:
      "Shows from whom interrupts took time, and which took most: without an interval one summary at Ctrl-C, else a report per interval. Times are those of each interrupt alone, without what nested in it. A softirq in ksoftirqd is that thread's own work and is told under its name.",
    parameters: [
      { name: "interval", description: `length of an interval: ${ALLOWED_INTERVAL}`, isRequired: false },
      { name: "count", description: `end after that many intervals: ${ALLOWED_WHOLE_NUMBER}`, isRequired: false },
    ],
    flags: [
      {
        names: "--by",
        description: "task (default), cgroup or cpu-mode: what victims are told apart by",
        value: choiceOf("--by", "KIND", VICTIM_KIND_NAMES),
      },
      classFlag(
        CLASS_NAMES,
        (allowed) => `only interrupts of these classes: ${allowed} (default: all that this kernel has)`,
      ),
      SHARED_FLAGS.nanoseconds,
      SHARED_FLAGS.timestamp,
      SHARED_FLAGS.utc,
      SHARED_FLAGS.cpu,
      SHARED_FLAGS.cgroup,
      {
        names: "--sort",
        description: `${VICTIM_SORT_KEYS.join(", ")} (default: total)`,
        value: choiceOf("--sort", "KEY", VICTIM_SORT_KEYS),
      },
      {
        names: "--entries",
        description: "room for N pairs of a victim and a source; what comes later is told as (others)",
        value: { placeholder: "N", allowed: ALLOWED_ENTRIES, parse: parseEntries },
      },
      { names: "--top", description: "the first N victims", value: wholeNumber("--top", "N") },
      SHARED_FLAGS.format,
      SHARED_FLAGS.json,
      SHARED_FLAGS.cost,
      SHARED_FLAGS.probe,
      SHARED_FLAGS.verbose,
    ],
    examples: [
      ["irqtrace victims 1", "a table of tasks every second until Ctrl-C"],
      ["irqtrace victims 10 1 --by cgroup --top 5", "the five cgroups that lost most in ten seconds"],
      ["irqtrace victims 1 --by cpu-mode --cpu 2-3", "whether user or kernel code was interrupted on two CPUs"],
      ["irqtrace victims 1 --class softirq --json", "a JSON object per line, of softirqs alone"],
    ],
    endings,
  };
}
