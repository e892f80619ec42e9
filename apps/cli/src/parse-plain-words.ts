import { type CommandGrammar, type Flag, longWordOf, refuseFlagAsValue, wordsOf } from "./command-grammar.ts";
import { COMMANDS } from "./commands.ts";
import type { ParsedCommand } from "./parsed-command.ts";
import type { FlagValues } from "./trace-flags.ts";

/**
 * Reads a command line of the usual form: a command, its parameters, and flags that are written out, each value a word of
 * its own. Of anything else (help, `-dN`, `--top=3`, a mistake) it tells nothing: that is for commander, which takes
 * longer to load than all the rest of the command line's code.
 *
 * @throws {UsageError} when a value is wrong
 */
export function parsePlainWords([name, ...words]: readonly string[]): ParsedCommand | undefined {
  const grammar = COMMANDS.find((command) => command.name === name);
  if (grammar === undefined) return undefined;
  const parameters: string[] = [];
  const flags: Record<string, unknown> = {};
  const rest = words.values();
  for (const word of rest) {
    if (!word.startsWith("-")) {
      parameters.push(word);
      continue;
    }
    const flag = grammar.flags.find((known) => wordsOf(known).includes(word));
    if (flag === undefined) return undefined;
    const { value } = flag;
    if (value === undefined) {
      flags[keyOf(flag)] = !isNegation(flag);
      continue;
    }
    const text = rest.next().value;
    if (text === undefined) return undefined;
    refuseFlagAsValue(grammar, flag, text);
    flags[keyOf(flag)] = value.parse(text, flags[keyOf(flag)]);
  }
  if (!takesAsMany(grammar, parameters.length)) return undefined;
  // Each value is what the grammar's own parser made of it.
  return { name: grammar.name, parameters, flags: flags as FlagValues };
}

function takesAsMany({ parameters }: CommandGrammar, given: number): boolean {
  return given >= parameters.filter(({ isRequired }) => isRequired).length && given <= parameters.length;
}

function isNegation(flag: Flag): boolean {
  return longWordOf(flag).startsWith("--no-");
}

/** What commander calls it as well: perCpu of `--per-cpu`, findings of `--no-findings`. */
function keyOf(flag: Flag): string {
  return longWordOf(flag)
    .replace(/^--(?:no-)?/, "")
    .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
