import { type CommandGrammar, type Flag, OWN_FLAGS, type Parameter, wordsOf } from "../command-grammar.ts";
import { allFlags, type OfferedWord, offeredWords, type ScriptSource } from "./suggestions.ts";

const NEXT_LINE = " \\\n";

/** For zsh's completion system: as a function on $fpath, or sourced after compinit. */
export function zshScript(source: ScriptSource): string {
  const { commands, vectors } = source;
  const offered = commands.map(({ name, summary }) => ({ text: name, description: summary }));
  return `#compdef irqtrace
# Completes irqtrace's command lines in zsh. Made by: irqtrace completion zsh

${describeFunction("_irqtrace_commands", "command", offered)}
${describeFunction("_irqtrace_vectors", "softirq", vectors)}
_irqtrace() {
  local curcontext=$curcontext state line ret=1
  local -A opt_args

  _arguments -C -s -S : \\
${[...OWN_FLAGS.map((flag) => flagSpec(flag, source)), "'1:command:_irqtrace_commands'", "'*::argument:->arguments'"].map((spec) => `    ${spec}`).join(NEXT_LINE)} && ret=0

  if [[ $state == arguments ]]; then
    curcontext=\${curcontext%:*:*}:irqtrace-$words[1]:
    case $words[1] in
${commands.map((command) => commandCase(command, source)).join("\n")}
    esac
  fi
  return ret
}

if [[ $funcstack[1] == _irqtrace ]]; then
  # Called by zsh as the function of this file's name: this first time it has only been defined.
  _irqtrace "$@"
elif (($+functions[compdef])); then
  compdef _irqtrace irqtrace
else
  print -u2 "irqtrace: completions take zsh's completion system; run this first: autoload -Uz compinit && compinit"
fi
`;
}

function describeFunction(name: string, what: string, words: readonly OfferedWord[]): string {
  const items = words.map(({ text, description }) => `    ${quote(`${text}:${description}`)}`);
  return `${name}() {
  local -a words=(
${items.join("\n")}
  )
  _describe ${quote(what)} words
}
`;
}

function commandCase(command: CommandGrammar, source: ScriptSource): string {
  const specs = [
    ...allFlags(command).map((flag) => flagSpec(flag, source)),
    ...command.parameters.map((parameter, index) => parameterSpec(parameter, index, source)),
  ];
  const lines = specs.map((spec) => `          ${spec}`).join(NEXT_LINE);
  return `      ${command.name})
        _arguments -s -S : \\
${lines} && ret=0
        ;;`;
}

/** In the language of _arguments: `'(-d --dist)'{-d,--dist}'[explanation]'`. */
function flagSpec(flag: Flag, source: ScriptSource): string {
  const words = wordsOf(flag).map((word) => word + valueMark(flag, word));
  const explanation = `[${flag.description.replace(/[[\]\\]/g, "\\$&")}]${action(flag, source)}`;
  const excluded = OWN_FLAGS.includes(flag) ? "- *" : flag.isRepeatable ? "" : wordsOf(flag).join(" ");
  const before = `${excluded === "" ? "" : `(${excluded})`}${flag.isRepeatable ? "*" : ""}`;
  if (words.length === 1) return quote(`${before}${words.join("")}${explanation}`);
  return `${quote(before)}{${words.join(",")}}${quote(explanation)}`;
}

/** Whether the value may follow in the same word (-cPATH), or after a sign (--cgroup=PATH). */
function valueMark(flag: Flag, word: string): string {
  if (flag.value === undefined) return "";
  return word.startsWith("--") ? "=" : "+";
}

function action({ value }: Flag, source: ScriptSource): string {
  if (value === undefined) return "";
  const words = offeredWords(value.suggestions, source);
  return `:${value.placeholder}:${actionOf(words, source)}`;
}

function parameterSpec({ name, suggestions, isRequired }: Parameter, index: number, source: ScriptSource): string {
  return quote(`${index + 1}${isRequired ? "" : ":"}:${name}:${actionOf(offeredWords(suggestions, source), source)}`);
}

function actionOf(words: readonly OfferedWord[] | "directories" | null, { vectors }: ScriptSource): string {
  // A blank: zsh tells what is wanted and offers nothing.
  if (words === null) return " ";
  if (words === "directories") return "_directories";
  return words === vectors ? "_irqtrace_vectors" : `(${words.map(({ text }) => text).join(" ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
