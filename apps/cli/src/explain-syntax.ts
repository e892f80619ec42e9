import type { CommanderError } from "commander";
import { type CommandGrammar, longWordOf, OWN_FLAGS, syntaxOf } from "./command-grammar.ts";
import { COMMANDS } from "./commands.ts";
import { escapeControl } from "./escape-control.ts";
import { type UsageError, usageError } from "./usage-error.ts";

const ALLOWED_COMMANDS = `${listed(COMMANDS.map(({ name }) => name))} (irqtrace --help tells more)`;

/** What commander found wrong, in the form of all our messages: with what is allowed instead. */
export function explainSyntax(words: readonly string[], error: CommanderError): UsageError {
  const command = COMMANDS.find(({ name }) => name === words[0]);
  switch (error.code) {
    case "commander.unknownCommand":
      return usageError(sentence(error), ALLOWED_COMMANDS);
    case "commander.unknownOption":
      return usageError(sentence(error), allowedFlags(command));
    case "commander.optionMissingArgument":
      return usageError(sentence(error), allowedValue(command, error));
    case "commander.excessArguments":
      return usageError(sentence(error), allowedParameters(command));
    case "commander.missingArgument":
      return usageError(sentence(error), command?.parameters[0]?.description ?? ALLOWED_COMMANDS);
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

function allowedFlags(command: CommandGrammar | undefined): string {
  const names = [...(command?.flags ?? []), ...OWN_FLAGS].map(
    (flag) => `${longWordOf(flag)}${flag.value === undefined ? "" : ` <${flag.value.placeholder}>`}`,
  );
  return names.join(", ");
}

function allowedValue(command: CommandGrammar | undefined, { message }: CommanderError): string {
  return command?.flags.find((flag) => message.includes(`'${syntaxOf(flag)}'`))?.value?.allowed ?? "a value";
}

function allowedParameters(command: CommandGrammar | undefined): string {
  const names = (command?.parameters ?? []).map(({ name, isRequired }) =>
    isRequired ? `one ${name}` : `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`,
  );
  return names.length === 0 ? "options alone" : `at most ${names.join(" and ")}`;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
}
