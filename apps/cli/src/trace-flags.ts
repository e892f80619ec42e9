import type { Flag, FlagValue } from "./command-grammar.ts";
import { compileGlob } from "./compile-glob.ts";
import { FLAVOURS, type Flavour, FORMATS, type Format, SIZE_KEYS, type SortKey } from "./invocation.ts";
import { ALLOWED_WHOLE_NUMBER, parseWholeNumber } from "./parse-whole-number.ts";
import type { TraceCommand } from "./trace-commands.ts";
import { wrongValue } from "./usage-error.ts";

/** The flags as commander hands them over: parsed one by one, not yet checked against each other. */
export interface FlagValues {
  readonly dist?: true;
  readonly count?: true;
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
  readonly probe?: Flavour;
  readonly verbose?: true;
}

export const ALLOWED_CPU_LIST = "a list of CPUs of this machine, such as 0-3,8";

/** Every flag of a tracing command; they share them all, but for the number that `--sort` may go by. */
export function traceFlags(command: TraceCommand): readonly Flag[] {
  return [
    { names: "-d, --dist", description: "a power-of-two histogram per row" },
    { names: "-C, --count", description: "counts only: no clock is read in the kernel" },
    { names: "-N, --nanoseconds", description: "times of tables in nanoseconds, not microseconds" },
    { names: "-T, --timestamp", description: "in tables, a line with the time before each report" },
    { names: "--utc", description: "that time in UTC, not local (implies --timestamp)" },
    { names: "--per-cpu", description: "one row per CPU" },
    {
      names: "--cpu",
      description: "only these CPUs, such as 0-3,8",
      value: textOf("--cpu", "LIST", ALLOWED_CPU_LIST),
    },
    {
      names: "-c, --cgroup",
      description:
        "only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup",
      value: {
        ...textOf("--cgroup", "PATH", "the path of a cgroup (v2); ./ before a path that begins with a dash"),
        suggestions: "directories",
      },
    },
    {
      names: "--name",
      description: "only rows whose name matches; repeatable: any of them",
      value: { ...globs(), ...(command.rowNames === undefined ? {} : { suggestions: command.rowNames }) },
      isRepeatable: true,
    },
    {
      names: "--sort",
      description: `${SIZE_KEYS.join(", ")}, name or ${command.numberKey} (default: total, or count with --count)`,
      value: choiceOf("--sort", "KEY", [...SIZE_KEYS, "name", command.numberKey]),
    },
    { names: "--top", description: "the first N rows", value: wholeNumber("--top", "N") },
    {
      names: "--format",
      description: "table (default), json (an object per line and report) or csv",
      value: choiceOf("--format", "F", FORMATS),
    },
    { names: "--json", description: "the same as --format json" },
    {
      names: "--cost",
      description: "after each report, what tracing cost: the programs in the kernel, and this process",
    },
    {
      names: "--probe",
      description: "force the program flavour: tp_btf or raw_tp",
      value: choiceOf("--probe", "FLAVOUR", FLAVOURS),
    },
    { names: "-v, --verbose", description: "what was loaded, which flavour, libbpf's own messages, to stderr" },
  ];
}

function textOf(argument: string, placeholder: string, allowed: string): FlagValue {
  return {
    placeholder,
    allowed,
    parse(text) {
      if (text === "" || text.startsWith("-")) throw wrongValue(argument, text, allowed);
      return text;
    },
  };
}

function wholeNumber(argument: string, placeholder: string): FlagValue {
  return { placeholder, allowed: ALLOWED_WHOLE_NUMBER, parse: (text) => parseWholeNumber(argument, text) };
}

function choiceOf(argument: string, placeholder: string, choices: readonly string[]): FlagValue {
  const allowed = choices.join(", ");
  return {
    placeholder,
    allowed,
    suggestions: choices,
    parse(text) {
      if (!choices.includes(text)) throw wrongValue(argument, text, allowed);
      return text;
    },
  };
}

function globs(): FlagValue {
  const allowed =
    "a pattern of at least one character with * ? [a-z] [!a-z], and \\ before a sign that is meant as it is";
  return {
    placeholder: "GLOB",
    allowed,
    parse(text, previous) {
      if (text === "") throw wrongValue("--name", text, allowed);
      return [...(Array.isArray(previous) ? previous : []), globOf(text, allowed)];
    },
  };
}

function globOf(text: string, allowed: string): (name: string) => boolean {
  try {
    return compileGlob(text);
  } catch (error) {
    if (error instanceof RangeError) throw wrongValue("--name", text, `${allowed}; ${error.message}`);
    throw error;
  }
}
