import { Command, Option } from "commander";
import packageJson from "../package.json" with { type: "json" };
import {
  type CommandGrammar,
  type Ending,
  type Example,
  HELP_FLAG,
  longWordOf,
  OWN_FLAGS,
  syntaxOf,
  VERSION_FLAG,
  wordsOf,
} from "./command-grammar.ts";
import { COMMANDS, TRACE_ENDINGS } from "./commands.ts";
import type { FlagValues } from "./trace-flags.ts";
import { usageError } from "./usage-error.ts";

/** A command line as commander has taken it apart. */
export interface ParsedCommand {
  readonly name: string;
  /** As many as were given. */
  readonly parameters: readonly string[];
  readonly flags: FlagValues;
}

/**
 * The grammar of the command line. Commander neither prints nor exits here: help and version go to `print`, errors are
 * thrown, and a command line that parses is handed to `run`.
 */
export function buildProgram(
  columns: number | undefined,
  print: (text: string) => void,
  run: (parsed: ParsedCommand) => void,
): Command {
  const examples = COMMANDS.flatMap((command) => command.examples.slice(0, 1));
  const program = new Command("irqtrace")
    .description(packageJson.description)
    .usage("<command> [arguments] [options]")
    .exitOverride()
    .configureOutput({
      writeOut: print,
      writeErr: () => {
        // Errors are thrown as well, and worded by the catcher.
      },
      getOutHelpWidth: () => columns ?? 80,
      getOutHasColors: () => false,
    })
    .helpCommand(false)
    .helpOption(HELP_FLAG.names, HELP_FLAG.description)
    .version(packageJson.version, VERSION_FLAG.names, VERSION_FLAG.description)
    .enablePositionalOptions()
    .allowExcessArguments(false)
    .addHelpText("after", "\nirqtrace <command> --help tells the options of a command.")
    .addHelpText("after", examplesText(examples) + endingsText(TRACE_ENDINGS));
  for (const command of COMMANDS) addCommand(program, command, run);
  return program;
}

function addCommand(program: Command, grammar: CommandGrammar, run: (parsed: ParsedCommand) => void): void {
  const { name, summary, description, parameters, examples, endings } = grammar;
  const usage = parameters.map((parameter) => (parameter.isRequired ? `<${parameter.name}>` : `[${parameter.name}]`));
  const command = program
    .command(name)
    .summary(summary)
    .description(description)
    .usage([...usage, "[options]"].join(" "))
    .allowExcessArguments(false)
    .addHelpText("after", examplesText(examples) + endingsText(endings));
  parameters.forEach((parameter, index) => {
    command.argument(usage[index] ?? parameter.name, parameter.description);
  });
  for (const option of optionsOf(grammar)) command.addOption(option);
  command
    .version(packageJson.version, VERSION_FLAG.names, VERSION_FLAG.description)
    .action(() => run({ name, parameters: command.args, flags: command.opts<FlagValues>() }));
}

function optionsOf({ flags }: CommandGrammar): readonly Option[] {
  const known = new Set([...flags, ...OWN_FLAGS].flatMap(wordsOf));
  return flags.map((flag) => {
    const { description, value } = flag;
    const option = new Option(syntaxOf(flag), description);
    if (value === undefined) return option;
    return option.argParser((text: string, previous: unknown) => {
      // "--name --json" takes the next flag for a value: nobody means that.
      if (known.has(text)) throw usageError(`${longWordOf(flag)}: got no value before ${text}`, value.allowed);
      return value.parse(text, previous);
    });
  });
}

function examplesText(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([commandLine]) => commandLine.length));
  const lines = examples.map(([commandLine, effect]) => `  ${commandLine.padEnd(width)}  ${effect}`);
  return `\nExamples:\n${lines.join("\n")}\n`;
}

function endingsText(endings: readonly Ending[]): string {
  return `\nExit codes:\n${endings.map(([code, meaning]) => `  ${String(code).padEnd(3)}  ${meaning}`).join("\n")}`;
}
