import { Command, Option } from "commander";
import packageJson from "../package.json" with { type: "json" };
import {
  type CommandGrammar,
  type Ending,
  type Example,
  HELP_FLAG,
  type Parameter,
  refuseFlagAsValue,
  syntaxOf,
  VERSION_FLAG,
} from "./command-grammar.ts";
import { COMMANDS, TRACE_ENDINGS } from "./commands.ts";
import type { ParsedCommand } from "./parsed-command.ts";
import type { FlagValues } from "./trace-flags.ts";

/**
 * The grammar of a command line of these words. Commander neither prints nor exits here: help and version go to `print`,
 * errors are thrown, and a command line that parses is handed to `run`.
 */
export function buildProgram(
  words: readonly string[],
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
  for (const command of COMMANDS) {
    const added = addCommand(program, command);
    // Only one of them will be asked for its options, and making options takes time at each start.
    if (words.includes(command.name)) addDetails(added, command, run);
  }
  return program;
}

function addCommand(program: Command, { name, summary, parameters }: CommandGrammar): Command {
  const command = program.command(name).summary(summary);
  for (const parameter of parameters) command.argument(parameterSyntax(parameter), parameter.description);
  return command;
}

function addDetails(command: Command, grammar: CommandGrammar, run: (parsed: ParsedCommand) => void): void {
  const { name, description, parameters, examples, endings } = grammar;
  command
    .description(description)
    .usage([...parameters.map(parameterSyntax), "[options]"].join(" "))
    .allowExcessArguments(false)
    .addHelpText("after", examplesText(examples) + endingsText(endings))
    .action(() => run({ name, parameters: command.args, flags: command.opts<FlagValues>() }));
  for (const option of optionsOf(grammar)) command.addOption(option);
  command.version(packageJson.version, VERSION_FLAG.names, VERSION_FLAG.description);
}

function parameterSyntax({ name, isRequired }: Parameter): string {
  return isRequired ? `<${name}>` : `[${name}]`;
}

function optionsOf(grammar: CommandGrammar): readonly Option[] {
  return grammar.flags.map((flag) => {
    const { description, value } = flag;
    const option = new Option(syntaxOf(flag), description);
    if (value === undefined) return option;
    return option.argParser((text: string, previous: unknown) => {
      refuseFlagAsValue(grammar, flag, text);
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
