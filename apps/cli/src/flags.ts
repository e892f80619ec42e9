import { Option } from "commander";
import type { CommandDefinition } from "./commands.ts";
import { compileGlob } from "./compile-glob.ts";
import { FLAVOURS, type Flavour, FORMATS, type Format, SIZE_KEYS, type SortKey } from "./invocation.ts";
import { ALLOWED_WHOLE_NUMBER, parseWholeNumber } from "./parse-whole-number.ts";
import { usageError, wrongValue } from "./usage-error.ts";

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
  readonly probe?: Flavour;
  readonly verbose?: true;
}

export interface Flag {
  readonly flags: string;
  readonly description: string;
  readonly value?: FlagValue;
}

export interface FlagValue {
  /** What a wrong value is told to be. */
  readonly allowed: string;
  parse(text: string, previous: unknown): unknown;
}

export const ALLOWED_CPU_LIST = "a list of CPUs of this machine, such as 0-3,8";

/** The flags that commander itself adds to every command. */
export const OWN_FLAGS: readonly string[] = ["-h, --help", "-V, --version"];

/** Every flag of a command; the commands share them all, but for the number that `--sort` may go by. */
export function flagsOf(command: CommandDefinition): readonly Flag[] {
  return [
    { flags: "-d, --dist", description: "a power-of-two histogram per row" },
    { flags: "-C, --count", description: "counts only: no clock is read in the kernel" },
    { flags: "-N, --nanoseconds", description: "times of tables in nanoseconds, not microseconds" },
    { flags: "-T, --timestamp", description: "in tables, a line with the time before each report" },
    { flags: "--utc", description: "that time in UTC, not local (implies --timestamp)" },
    { flags: "--per-cpu", description: "one row per CPU" },
    { flags: "--cpu <LIST>", description: "only these CPUs, such as 0-3,8", value: textOf("--cpu", ALLOWED_CPU_LIST) },
    {
      flags: "-c, --cgroup <PATH>",
      description:
        "only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup",
      value: textOf("--cgroup", "the path of a cgroup (v2); ./ before a path that begins with a dash"),
    },
    { flags: "--name <GLOB>", description: "only rows whose name matches; repeatable: any of them", value: globs() },
    {
      flags: "--sort <KEY>",
      description: `${SIZE_KEYS.join(", ")}, name or ${command.numberKey} (default: total, or count with --count)`,
      value: choiceOf("--sort", [...SIZE_KEYS, "name", command.numberKey]),
    },
    { flags: "--top <N>", description: "the first N rows", value: wholeNumber("--top") },
    {
      flags: "--format <F>",
      description: "table (default), json (an object per line and report) or csv",
      value: choiceOf("--format", FORMATS),
    },
    { flags: "--json", description: "the same as --format json" },
    {
      flags: "--probe <FLAVOUR>",
      description: "force the program flavour: tp_btf or raw_tp",
      value: choiceOf("--probe", FLAVOURS),
    },
    { flags: "-v, --verbose", description: "what was loaded, which flavour, libbpf's own messages, to stderr" },
  ];
}

/** The options of a command for commander. */
export function commandOptions(command: CommandDefinition): readonly Option[] {
  const known = new Set(
    [...flagsOf(command).map(({ flags }) => flags), ...OWN_FLAGS].flatMap((flags) => flags.match(/--?[a-z-]+/gi) ?? []),
  );
  return flagsOf(command).map(({ flags, description, value }) => {
    const option = new Option(flags, description);
    if (value === undefined) return option;
    return option.argParser((text: string, previous: unknown) => {
      // "--name --json" takes the next flag for a value: nobody means that.
      if (known.has(text)) throw usageError(`${option.long ?? flags}: got no value before ${text}`, value.allowed);
      return value.parse(text, previous);
    });
  });
}

function textOf(argument: string, allowed: string): FlagValue {
  return {
    allowed,
    parse(text) {
      if (text === "" || text.startsWith("-")) throw wrongValue(argument, text, allowed);
      return text;
    },
  };
}

function wholeNumber(argument: string): FlagValue {
  return { allowed: ALLOWED_WHOLE_NUMBER, parse: (text) => parseWholeNumber(argument, text) };
}

function choiceOf(argument: string, choices: readonly string[]): FlagValue {
  const allowed = choices.join(", ");
  return {
    allowed,
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
