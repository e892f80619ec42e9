import packageJson from "../../package.json" with { type: "json" };
import { type CommandGrammar, type Flag, OWN_FLAGS, type Parameter, wordsOf } from "../command-grammar.ts";
import { COMMANDS } from "../commands.ts";
import { DESCRIPTION, NOTES, OUTPUT } from "./manual-text.ts";
import { bold, entry, italic, line, literal, paragraph, section, sentence, subsection } from "./roff.ts";

/** irqtrace.1, for man(1): made from the definitions that `--help` is made from. It bears no date, to be the same each time. */
export function manualPage(version: string, commands: readonly CommandGrammar[] = COMMANDS): string {
  const blocks = [
    '.\\" Made from the definitions of the commands: changes belong there.',
    `.TH IRQTRACE 1 "" "irqtrace ${version}" "irqtrace"`,
    section("NAME"),
    `irqtrace \\- ${sentence(packageJson.description.replace(/^./, (letter) => letter.toLowerCase()))}`,
    section("SYNOPSIS"),
    synopsis(commands),
    section("DESCRIPTION"),
    ...DESCRIPTION.map(paragraph),
    section("COMMANDS"),
    ...commands.flatMap(commandBlocks),
    section("OPTIONS"),
    ...optionBlocks(commands),
    section("OUTPUT"),
    ...OUTPUT.map(paragraph),
    section("EXIT STATUS"),
    ...endingBlocks(commands),
    section("EXAMPLES"),
    ...commands.flatMap(({ examples }) => examples.map(([typed, effect]) => entry(bold(typed), effect))),
    section("NOTES"),
    ...NOTES.map(paragraph),
  ];
  return `${blocks.join("\n")}\n`;
}

function synopsis(commands: readonly CommandGrammar[]): string {
  const lines = commands.map((command) => `${usage(command)} [${italic("options")}]`);
  const own = OWN_FLAGS.map((flag) => bold(wordsOf(flag).at(-1) ?? "")).join(" | ");
  return [...lines, `${bold("irqtrace")} [${italic("command")}] ${own}`].join("\n.br\n");
}

function usage({ name, parameters }: CommandGrammar): string {
  return [bold(`irqtrace ${name}`), ...parameters.map(parameterTerm)].join(" ");
}

function parameterTerm({ name, isRequired }: Parameter): string {
  return isRequired ? italic(name) : `[${italic(name)}]`;
}

function commandBlocks(command: CommandGrammar): readonly string[] {
  return [
    `.SS\n${line(usage(command))}`,
    line(sentence(command.description)),
    ...command.parameters.map(({ name, description }) => entry(italic(name), description)),
  ];
}

/** Commands that have the same options are described together. */
function optionBlocks(commands: readonly CommandGrammar[]): readonly string[] {
  const groups = grouped(
    commands.filter(({ flags }) => flags.length > 0),
    ({ flags }) => flags.map(({ names }) => names).join(" "),
  );
  return [
    ...groups.flatMap((group) => [
      subsection(`Of ${namesOf(group)}`),
      ...(group[0]?.flags ?? []).map((flag) => entry(flagTerm(flag), ...descriptions(flag, group))),
    ]),
    subsection("Of every command"),
    ...OWN_FLAGS.map((flag) => entry(flagTerm(flag), flag.description)),
  ];
}

/** One for all commands of the group, or one each where they differ. */
function descriptions({ names }: Flag, group: readonly CommandGrammar[]): readonly string[] {
  const told = group.map(({ name, flags }) => ({
    name,
    description: flags.find((flag) => flag.names === names)?.description ?? "",
  }));
  const [first] = told;
  if (told.every(({ description }) => description === first?.description)) return [first?.description ?? ""];
  return told.map(({ name, description }) => `\`${name}\`: ${description}`);
}

function flagTerm(flag: Flag): string {
  const names = wordsOf(flag).map(bold).join(", ");
  return flag.value === undefined ? names : `${names} ${italic(flag.value.placeholder)}`;
}

function endingBlocks(commands: readonly CommandGrammar[]): readonly string[] {
  const groups = grouped(commands, ({ endings }) => JSON.stringify(endings));
  return groups.flatMap((group) => [
    subsection(`Of ${namesOf(group)}`),
    ...(group[0]?.endings ?? []).map(([code, meaning]) => entry(literal(String(code)), meaning)),
  ]);
}

function namesOf(group: readonly CommandGrammar[]): string {
  return group.map(({ name }) => `\`${name}\``).join(" and ");
}

function grouped(
  commands: readonly CommandGrammar[],
  keyOf: (command: CommandGrammar) => string,
): readonly (readonly CommandGrammar[])[] {
  return [...Map.groupBy(commands, keyOf).values()];
}
