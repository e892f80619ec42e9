import type { CommanderError } from "commander";
import { COMMAND_NAMES, COMMANDS, type CommandDefinition } from "./commands.ts";
import { escapeControl } from "./escape-control.ts";
import { flagsOf, OWN_FLAGS } from "./flags.ts";
import { type UsageError, usageError } from "./usage-error.ts";

const ALLOWED_COMMANDS = `${COMMAND_NAMES.join(" or ")} (irqtrace --help tells more)`;

/** What commander found wrong, in the form of all our messages: with what is allowed instead. */
export function explainSyntax(words: readonly string[], error: CommanderError): UsageError {
  const definition = COMMAND_NAMES.map((name) => COMMANDS[name]).find(({ name }) => name === words[0]);
  switch (error.code) {
    case "commander.unknownCommand":
      return usageError(sentence(error), ALLOWED_COMMANDS);
    case "commander.unknownOption":
      return usageError(sentence(error), allowedFlags(definition));
    case "commander.optionMissingArgument":
      return usageError(sentence(error), allowedValue(definition, error));
    case "commander.excessArguments":
      return usageError(sentence(error), "at most an interval and a count");
    default:
      return missingCommand();
  }
}

export function missingCommand(): UsageError {
  return usageError("command: got none", ALLOWED_COMMANDS);
}

/** Commander's own sentence, its suggestion on the same line. */
function sentence({ message }: CommanderError): string {
  const [problem = "", suggestion] = message.replace(/^error: /, "").split(/\n(?=\(Did you mean )/);
  return escapeControl(problem.replace(/\.$/, "")) + (suggestion === undefined ? "" : ` ${suggestion}`);
}

function allowedFlags(definition: CommandDefinition | undefined): string {
  const flags = definition === undefined ? [] : flagsOf(definition).map((flag) => flag.flags);
  return [...flags, ...OWN_FLAGS].map((names) => names.replace(/^-\w, /, "")).join(", ");
}

function allowedValue(definition: CommandDefinition | undefined, { message }: CommanderError): string {
  const flags = definition === undefined ? [] : flagsOf(definition);
  return flags.find((flag) => message.includes(`'${flag.flags}'`))?.value?.allowed ?? "a value";
}
