import { Command } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { COMMAND_NAMES, COMMANDS, type CommandDefinition } from "./commands.ts";
import { commandOptions, type FlagValues } from "./flags.ts";
import { ALLOWED_INTERVAL } from "./parse-interval.ts";
import { ALLOWED_WHOLE_NUMBER } from "./parse-whole-number.ts";

/** A command line as commander has taken it apart. */
export interface ParsedCommand {
  readonly command: CommandDefinition;
  readonly interval: string | undefined;
  readonly count: string | undefined;
  readonly flags: FlagValues;
}

const EXIT_CODES = `
Exit codes:
  0    done; Ctrl-C, SIGTERM, SIGHUP and a closed pipe included
  1    unexpected failure
  2    wrong usage
  3    not permitted
  4    this kernel or platform cannot
  130  a second Ctrl-C`;

/**
 * The grammar of the command line. Commander neither prints nor exits here: help and version go to `print`, errors are
 * thrown, and a command line that parses is handed to `run`.
 */
export function buildProgram(
  columns: number | undefined,
  print: (text: string) => void,
  run: (parsed: ParsedCommand) => void,
): Command {
  const program = new Command("irqtrace")
    .description(packageJson.description)
    .usage("<command> [interval] [count] [options]")
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
    .helpOption("-h, --help", "this help")
    .version(packageJson.version, "-V, --version", "the version")
    .enablePositionalOptions()
    .allowExcessArguments(false)
    .addHelpText("after", `\nirqtrace <command> --help tells the options of a command.\n${EXIT_CODES}`);
  for (const name of COMMAND_NAMES) addCommand(program, COMMANDS[name], run);
  return program;
}

function addCommand(program: Command, definition: CommandDefinition, run: (parsed: ParsedCommand) => void): void {
  const command = program
    .command(definition.name)
    .summary(definition.summary)
    .description(
      `Shows the ${definition.summary}: without an interval one summary at Ctrl-C, else a report per interval.`,
    )
    .argument("[interval]", `length of an interval: ${ALLOWED_INTERVAL}`)
    .argument("[count]", `end after that many intervals: ${ALLOWED_WHOLE_NUMBER}`)
    .usage("[interval] [count] [options]")
    .allowExcessArguments(false)
    .addHelpText("after", examplesText(definition) + EXIT_CODES);
  for (const option of commandOptions(definition)) command.addOption(option);
  command
    .version(packageJson.version, "-V, --version", "the version")
    .action((interval: string | undefined, count: string | undefined) =>
      run({ command: definition, interval, count, flags: command.opts<FlagValues>() }),
    );
}

function examplesText({ examples }: CommandDefinition): string {
  const width = Math.max(...examples.map(([commandLine]) => commandLine.length));
  const lines = examples.map(([commandLine, effect]) => `  ${commandLine.padEnd(width)}  ${effect}`);
  return `\nExamples:\n${lines.join("\n")}\n`;
}
