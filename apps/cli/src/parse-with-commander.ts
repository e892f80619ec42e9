import { CommanderError } from "commander";
import { buildProgram } from "./build-program.ts";
import { explainSyntax, missingCommand } from "./explain-syntax.ts";
import type { ParsedCommand } from "./parsed-command.ts";

/** What help and version print. */
export interface PrintedText {
  readonly kind: "print" | "version";
  readonly text: string;
}

/**
 * Reads any command line, or words what is wrong with it.
 *
 * @throws {UsageError} when it breaks the grammar, or a value is wrong
 */
export function parseWithCommander(words: readonly string[], columns: number | undefined): ParsedCommand | PrintedText {
  let text = "";
  let parsed: ParsedCommand | undefined;
  const program = buildProgram(
    words,
    columns,
    (printed) => {
      text += printed;
    },
    (command) => {
      parsed = command;
    },
  );
  if (words.length === 0) throw missingCommand();
  try {
    program.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw explainSyntax(words, error);
    if (error.code === "commander.version") return { kind: "version", text };
  }
  return parsed ?? { kind: "print", text };
}
