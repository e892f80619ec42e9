import type { CommandGrammar, Ending } from "./command-grammar.ts";
import { coverageCommand } from "./coverage/coverage-command.ts";
import { EXIT_CODE } from "./exit-code.ts";
import { ALLOWED_INTERVAL } from "./parse-interval.ts";
import { ALLOWED_WHOLE_NUMBER } from "./parse-whole-number.ts";
import { SHELLS } from "./shells.ts";
import { slowCommand } from "./slow/slow-command.ts";
import { TRACE_COMMAND_NAMES, TRACE_COMMANDS, type TraceCommand } from "./trace-commands.ts";
import { traceFlags } from "./trace-flags.ts";
import { victimsCommand } from "./victims/victims-command.ts";

const FAILED: Ending = [EXIT_CODE.failed, "unexpected failure"];
const WRONG_USAGE: Ending = [EXIT_CODE.usage, "wrong usage"];

/** How the tracing commands end. */
export const TRACE_ENDINGS: readonly Ending[] = [
  [EXIT_CODE.done, "done; Ctrl-C, SIGTERM, SIGHUP and a closed pipe included"],
  FAILED,
  WRONG_USAGE,
  [EXIT_CODE.notPermitted, "not permitted"],
  [EXIT_CODE.unsupported, "this kernel or platform cannot"],
  [EXIT_CODE.interrupted, "a second Ctrl-C"],
];

const DOCTOR: CommandGrammar = {
  name: "doctor",
  summary: "what this kernel, these privileges and this libbpf allow",
  description:
    "Tells line by line whether tracing works here, why not, and what to do about it. With the capabilities that tracing needs it also loads and attaches every program for a moment.",
  parameters: [],
  flags: [{ names: "--json", description: "one JSON object" }],
  examples: [
    ["sudo irqtrace doctor", "all lines; without root some stay unknown"],
    ["irqtrace doctor --json | jq '.checks[] | select(.status == \"fail\")'", "what stands in the way"],
  ],
  endings: [
    [EXIT_CODE.done, "tracing works here"],
    FAILED,
    WRONG_USAGE,
    [EXIT_CODE.unsupported, "tracing does not work here, or not with these privileges"],
  ],
};

const COMPLETION: CommandGrammar = {
  name: "completion",
  summary: "a script that completes command lines in a shell",
  description:
    "Prints a script that teaches a shell to complete irqtrace's commands, options and values. The script holds all that it needs: it never starts irqtrace.",
  parameters: [{ name: "shell", description: SHELLS.join(", "), isRequired: true, suggestions: SHELLS }],
  flags: [],
  examples: [
    ["source <(irqtrace completion bash)", "for this bash, or in ~/.bashrc for all"],
    ["source <(irqtrace completion zsh)", "for this zsh, or in ~/.zshrc after compinit"],
    ["irqtrace completion fish > ~/.config/fish/completions/irqtrace.fish", "for every fish"],
  ],
  endings: [[EXIT_CODE.done, "done"], FAILED, WRONG_USAGE],
};

/** Every command, in the order of help. */
export const COMMANDS: readonly CommandGrammar[] = [
  ...TRACE_COMMAND_NAMES.map((name) => traceGrammar(TRACE_COMMANDS[name])),
  slowCommand(TRACE_ENDINGS),
  victimsCommand(TRACE_ENDINGS),
  coverageCommand(TRACE_ENDINGS),
  DOCTOR,
  COMPLETION,
];

function traceGrammar(command: TraceCommand): CommandGrammar {
  const { name, summary, examples } = command;
  return {
    name,
    summary,
    description: `Shows the ${summary}: without an interval one summary at Ctrl-C, else a report per interval.`,
    parameters: [
      { name: "interval", description: `length of an interval: ${ALLOWED_INTERVAL}`, isRequired: false },
      { name: "count", description: `end after that many intervals: ${ALLOWED_WHOLE_NUMBER}`, isRequired: false },
    ],
    flags: traceFlags(command),
    examples,
    endings: TRACE_ENDINGS,
  };
}
