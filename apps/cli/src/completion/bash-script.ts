import { type CommandGrammar, type Flag, OWN_FLAGS, wordsOf } from "../command-grammar.ts";
import { allFlags, type OfferedWord, offeredWords, type ScriptSource, shortWordOf, takesValue } from "./suggestions.ts";

/** For bash 4.2 and later, with or without the package bash-completion. */
export function bashScript(source: ScriptSource): string {
  const { commands } = source;
  return `# Completes irqtrace's command lines in bash. Made by: irqtrace completion bash

# Whether the word $2, after the command $1, is an option whose value is the next word.
_irqtrace_takes_value() {
  case $1 in
${commands
  .filter(({ flags }) => flags.some(takesValue))
  .map(valueCase)
  .join("\n")}
    *) return 1 ;;
  esac
}

_irqtrace() {
  local word=\${COMP_WORDS[COMP_CWORD]} prefix='' command='' operands=0 flag='' ended='' flags='' words='' index part

  # What came before. In --sort=KEY bash sees three words, unless = was taken out of COMP_WORDBREAKS.
  for ((index = 1; index < COMP_CWORD; index++)); do
    part=\${COMP_WORDS[index]}
    if [[ -n $flag ]]; then
      [[ $part == = ]] || flag=''
    elif [[ -z $ended && $part == -- ]]; then
      ended=1
    elif [[ -z $ended && $part == -* ]]; then
      if _irqtrace_takes_value "$command" "$part"; then
        # Of short options in one word, the last one.
        [[ $part == --* ]] && flag=$part || flag=-\${part: -1}
      fi
    elif [[ -z $command ]]; then
      command=$part
    elif [[ $part != = ]]; then
      operands=$((operands + 1))
    fi
  done
  if [[ -n $flag && $word == = ]]; then
    word=''
  elif [[ -z $flag && -z $ended && $word == --*=* ]]; then
    flag=\${word%%=*} prefix=\${word%%=*}= word=\${word#*=}
  fi

  case $command in
    '')
      flags='${flagWords(OWN_FLAGS)}'
      words='${commands.map(({ name }) => name).join(" ")}'
      ;;
${commands.map((command) => commandCase(command, source)).join("\n")}
    *) return ;;
  esac

  [[ -z $flag && -z $ended && $word == -* ]] && words=$flags
  mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$words" -- "$word")
}

complete -F _irqtrace irqtrace
`;
}

function flagWords(flags: readonly Flag[]): string {
  return flags.flatMap((flag) => [...wordsOf(flag)].reverse()).join(" ");
}

function valueCase(command: CommandGrammar): string {
  const { name, flags } = command;
  const valued = flags.filter(takesValue);
  const long = valued.flatMap(wordsOf).filter((word) => word.startsWith("--"));
  const letters = (some: readonly Flag[]): string => some.map((flag) => shortWordOf(flag)?.slice(1) ?? "").join("");
  const plain = letters(allFlags(command).filter((flag) => !takesValue(flag)));
  return `    ${name})
      [[ ' ${long.join(" ")} ' == *" $2 "* || $2 =~ ^-[${plain}]*[${letters(valued)}]$ ]]
      ;;`;
}

function commandCase(command: CommandGrammar, source: ScriptSource): string {
  const { name, flags } = command;
  const cases = [
    ...flags.filter(takesValue).flatMap((flag) => valueCases(flag, source)),
    ...operandCases(command, source),
  ];
  const lines = [
    `flags='${flagWords(allFlags(command))}'`,
    ...(cases.length === 0 ? [] : ["case $flag in", ...cases, "esac"]),
    ";;",
  ];
  return [`    ${name})`, ...lines.map((line) => `      ${line}`)].join("\n");
}

function valueCases(flag: Flag, source: ScriptSource): readonly string[] {
  const words = offeredWords(flag.value?.suggestions, source);
  const pattern = wordsOf(flag).join(" | ");
  if (words === null) return [];
  // Bash's own completion of directories knows about quotes, ~ and trailing slashes.
  if (words === "directories") return [`  ${pattern})`, "    compopt -o dirnames", "    return", "    ;;"];
  return [`  ${pattern}) words='${textsOf(words)}' ;;`];
}

function operandCases({ parameters }: CommandGrammar, source: ScriptSource): readonly string[] {
  const offers = parameters.flatMap(({ suggestions }, index) => {
    const words = offeredWords(suggestions, source);
    if (words === null || words === "directories") return [];
    return [`((operands == ${index})) && words='${textsOf(words)}'`];
  });
  return offers.length === 0 ? [] : [`  '') ${offers.join("; ")} ;;`];
}

function textsOf(words: readonly OfferedWord[]): string {
  return words.map(({ text }) => text).join(" ");
}
