import type { CommandGrammar, Flag, Suggestions } from "../command-grammar.ts";
import { OWN_FLAGS, wordsOf } from "../command-grammar.ts";

/** A word that a shell offers. */
export interface OfferedWord {
  readonly text: string;
  readonly description: string;
}

/** All that goes into a script. */
export interface ScriptSource {
  readonly commands: readonly CommandGrammar[];
  readonly vectors: readonly OfferedWord[];
}

/** The words for a value; "directories" are the shell's own to find, null means that nobody knows any. */
export function offeredWords(
  suggestions: Suggestions | undefined,
  { vectors }: ScriptSource,
): readonly OfferedWord[] | "directories" | null {
  if (suggestions === undefined) return null;
  if (suggestions === "directories") return suggestions;
  return suggestions === "vectors" ? vectors : suggestions.map((text) => ({ text, description: "" }));
}

/** A command's flags and those of every command. */
export function allFlags({ flags }: CommandGrammar): readonly Flag[] {
  return [...flags, ...OWN_FLAGS];
}

export function takesValue(flag: Flag): boolean {
  return flag.value !== undefined;
}

/** `-d` of "-d, --dist"; undefined for a flag that has no short form. */
export function shortWordOf(flag: Flag): string | undefined {
  return wordsOf(flag).find((word) => !word.startsWith("--"));
}
