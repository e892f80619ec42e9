import { usageError } from "./usage-error.ts";

/**
 * A command as its users see it. The parser, `--help`, the completions of shells and the manual page are all made from
 * these, so that none of them can know an option that another does not.
 */
export interface CommandGrammar {
  readonly name: string;
  /** A noun phrase, for lists. */
  readonly summary: string;
  /** Sentences. */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  /** Without those of every command: {@link OWN_FLAGS}. */
  readonly flags: readonly Flag[];
  readonly examples: readonly Example[];
  readonly endings: readonly Ending[];
}

/** A word of the command line that is told by its position. */
export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly isRequired: boolean;
  readonly suggestions?: Suggestions;
}

export interface Flag {
  /** `-d, --dist`, or the long one alone. */
  readonly names: string;
  readonly description: string;
  readonly value?: FlagValue;
  readonly isRepeatable?: true;
}

export interface FlagValue {
  /** What stands for it in help: `KEY`. */
  readonly placeholder: string;
  /** What a wrong value is told to be. */
  readonly allowed: string;
  readonly suggestions?: Suggestions;
  parse(text: string, previous: unknown): unknown;
}

/** What a shell offers for a value: fixed words, or something that is known elsewhere. */
export type Suggestions = readonly string[] | "directories" | "vectors";

export type Example = readonly [commandLine: string, effect: string];

/** An exit code and when a command ends with it. */
export type Ending = readonly [code: number, meaning: string];

export const HELP_FLAG: Flag = { names: "-h, --help", description: "this help" };
export const VERSION_FLAG: Flag = { names: "-V, --version", description: "the version" };

/** The flags that commander itself adds, to the program and to every command. */
export const OWN_FLAGS: readonly Flag[] = [HELP_FLAG, VERSION_FLAG];

/** The words that a flag is given by: `-d` and `--dist`. */
export function wordsOf(flag: Flag): readonly string[] {
  return flag.names.split(", ");
}

/** The longest of them, by which messages and scripts name it. */
export function longWordOf(flag: Flag): string {
  return wordsOf(flag).at(-1) ?? flag.names;
}

/**
 * "--name --json" takes the next flag for a value: nobody means that.
 *
 * @throws {UsageError} when the text is a flag of the command
 */
export function refuseFlagAsValue({ flags }: CommandGrammar, flag: Flag, text: string): void {
  const isFlag = [...flags, ...OWN_FLAGS].some((known) => wordsOf(known).includes(text));
  if (isFlag && flag.value !== undefined)
    throw usageError(`${longWordOf(flag)}: got no value before ${text}`, flag.value.allowed);
}

/** As help and commander write it: `-c, --cgroup <PATH>`. */
export function syntaxOf(flag: Flag): string {
  return flag.value === undefined ? flag.names : `${flag.names} <${flag.value.placeholder}>`;
}
