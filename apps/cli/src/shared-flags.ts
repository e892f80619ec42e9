import type { Flag, FlagValue, Suggestions } from "./command-grammar.ts";
import { compileGlob } from "./compile-glob.ts";
import { FLAVOURS, FORMATS } from "./invocation.ts";
import { ALLOWED_WHOLE_NUMBER, parseWholeNumber } from "./parse-whole-number.ts";
import { wrongValue } from "./usage-error.ts";

export const ALLOWED_CPU_LIST = "a list of CPUs of this machine, such as 0-3,8";

/** Flags that more than one command has, by the name of their values. */
export const SHARED_FLAGS: Readonly<
  Record<
    "nanoseconds" | "timestamp" | "utc" | "cpu" | "cgroup" | "format" | "json" | "cost" | "probe" | "verbose",
    Flag
  >
> = {
  nanoseconds: { names: "-N, --nanoseconds", description: "times of tables in nanoseconds, not microseconds" },
  timestamp: { names: "-T, --timestamp", description: "in tables, a line with the time before each report" },
  utc: { names: "--utc", description: "that time in UTC, not local (implies --timestamp)" },
  cpu: {
    names: "--cpu",
    description: "only these CPUs, such as 0-3,8",
    value: textOf("--cpu", "LIST", ALLOWED_CPU_LIST),
  },
  cgroup: {
    names: "-c, --cgroup",
    description:
      "only while a task of this cgroup (v2) is interrupted; a path in the file system or as in /proc/self/cgroup",
    value: {
      ...textOf("--cgroup", "PATH", "the path of a cgroup (v2); ./ before a path that begins with a dash"),
      suggestions: "directories",
    },
  },
  format: {
    names: "--format",
    description: "table (default), json (an object per line and report) or csv",
    value: choiceOf("--format", "F", FORMATS),
  },
  json: { names: "--json", description: "the same as --format json" },
  cost: {
    names: "--cost",
    description: "after each report, what tracing cost: the programs in the kernel, and this process",
  },
  probe: {
    names: "--probe",
    description: "force the program flavour: tp_btf or raw_tp",
    value: choiceOf("--probe", "FLAVOUR", FLAVOURS),
  },
  verbose: {
    names: "-v, --verbose",
    description: "what was loaded, which flavour, libbpf's own messages, to stderr",
  },
};

export function textOf(argument: string, placeholder: string, allowed: string): FlagValue {
  return {
    placeholder,
    allowed,
    parse(text) {
      if (text === "" || text.startsWith("-")) throw wrongValue(argument, text, allowed);
      return text;
    },
  };
}

export function wholeNumber(argument: string, placeholder: string): FlagValue {
  return { placeholder, allowed: ALLOWED_WHOLE_NUMBER, parse: (text) => parseWholeNumber(argument, text) };
}

export function choiceOf(argument: string, placeholder: string, choices: readonly string[]): FlagValue {
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

/** @param suggestions what names there can be, where that is known beforehand */
export function nameFlag(description: string, suggestions?: Suggestions): Flag {
  return {
    names: "--name",
    description,
    value: { ...globs(), ...(suggestions === undefined ? {} : { suggestions }) },
    isRepeatable: true,
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
