import { type CommandGrammar, type Flag, OWN_FLAGS, wordsOf } from "../command-grammar.ts";
import { allFlags, type OfferedWord, offeredWords, type ScriptSource, takesValue } from "./suggestions.ts";

/** For fish 3.1 and later. */
export function fishScript(source: ScriptSource): string {
  const { commands, vectors } = source;
  const lines = [
    ...OWN_FLAGS.map((flag) => flagLine("", flag, source)),
    ...commands.map(
      ({ name, summary }) => `complete -c irqtrace -n '__irqtrace_in ""' -a ${name} -d ${quote(summary)}`,
    ),
    ...commands.flatMap((command) => ["", ...commandLines(command, source)]),
  ];
  return `# Completes irqtrace's command lines in fish. Made by: irqtrace completion fish

# Words before the cursor that are no options, one a line. Options and their values come after the command.
function __irqtrace_operands
    set -l words (commandline -opc)
    set -e words[1]
    set -q words[1]
    and string match --invert -- '-*' $words
end

# Whether the command is $argv[1]; with $argv[2], whether so many words, itself included, came before.
function __irqtrace_in
    set -l operands (__irqtrace_operands)
    test "$operands[1]" = "$argv[1]"
    or return 1
    test (count $argv) -eq 1
    or test (count $operands) -eq $argv[2]
end

function __irqtrace_vectors
    printf '%s\\t%s\\n' ${vectors.map(({ text, description }) => `${text} ${quote(description)}`).join(" \\\n        ")}
end

# fish's own function takes --cgroup= for the beginning of the path where nothing follows.
function __irqtrace_directories
    __fish_complete_directories (commandline -ct | string replace -r -- '^--[^=]*=' '')
end

# Without what an earlier reading of this file left.
complete -c irqtrace -e
complete -c irqtrace -f
${lines.join("\n")}
`;
}

function commandLines(command: CommandGrammar, source: ScriptSource): readonly string[] {
  const operands = command.parameters.flatMap(({ suggestions }, index) => {
    const words = offeredWords(suggestions, source);
    if (!Array.isArray(words)) return [];
    const condition = quote(`__irqtrace_in ${command.name} ${index + 1}`);
    return [`complete -c irqtrace -n ${condition} -a ${quote(words.map(({ text }) => text).join(" "))}`];
  });
  return [...operands, ...allFlags(command).map((flag) => flagLine(command.name, flag, source))];
}

function flagLine(command: string, flag: Flag, source: ScriptSource): string {
  const names = wordsOf(flag).map((word) => (word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`));
  const condition = quote(`__irqtrace_in ${command === "" ? '""' : command}`);
  const value = takesValue(flag) ? ` -x${valuePart(offeredWords(flag.value?.suggestions, source), source)}` : "";
  return `complete -c irqtrace -n ${condition} ${names.join(" ")}${value} -d ${quote(flag.description)}`;
}

function valuePart(words: readonly OfferedWord[] | "directories" | null, { vectors }: ScriptSource): string {
  if (words === null) return "";
  if (words === "directories") return " -a '(__irqtrace_directories)'";
  return words === vectors ? " -a '(__irqtrace_vectors)'" : ` -a ${quote(words.map(({ text }) => text).join(" "))}`;
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
