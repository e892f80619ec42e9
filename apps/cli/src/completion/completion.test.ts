import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VECTORS } from "@irqtrace/softirqs";
import { type CommandGrammar, type Flag, OWN_FLAGS, type Suggestions, wordsOf } from "../command-grammar.ts";
import { COMMANDS } from "../commands.ts";
import { main } from "../main.ts";
import { SHELLS, type Shell } from "../shells.ts";
import { type CompletingShell, DIRECTORIES, startCompletingShell } from "../testing/completing-shells.ts";
import { FakeEnvironment } from "../testing/fake-environment.ts";
import { scriptOf } from "../testing/scripts.ts";
import { bashScript } from "./bash-script.ts";
import { fishScript } from "./fish-script.ts";
import type { ScriptSource } from "./suggestions.ts";
import { zshScript } from "./zsh-script.ts";

const LIMIT_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), "irqtrace completions "));
afterAll(() => rmSync(folder, { recursive: true }));

const GENERATORS = { bash: bashScript, zsh: zshScript, fish: fishScript };
const COMPINIT = "autoload -Uz compinit && compinit -u -D";

/** What a shell must be told before it reads a script. */
const PREPARED: Readonly<Record<Shell, readonly string[]>> = { bash: [], zsh: [COMPINIT], fish: [] };

/** What the program prints. */
async function printed(shell: Shell): Promise<string> {
  const environment = new FakeEnvironment({ script: scriptOf([]) });
  expect(await main(["completion", shell], environment)).toBe(0);
  expect(environment.errorText).toBe("");
  return environment.outputText;
}

function saved(name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, script);
  return file;
}

function flagWords(command: CommandGrammar | undefined, prefix: string): readonly string[] {
  const words = [...(command?.flags ?? []), ...OWN_FLAGS].flatMap(wordsOf);
  return words.filter((word) => word.startsWith(prefix)).sort();
}

/** What a value's suggestions come to, worked out without the scripts. */
function expectedWords(suggestions: Suggestions | undefined): readonly string[] {
  if (suggestions === undefined) return [];
  if (suggestions === "directories") return DIRECTORIES;
  return (suggestions === "vectors" ? VECTORS.map(({ name }) => name) : [...suggestions]).sort();
}

function valuedFlags(): readonly (readonly [command: string, flag: Flag])[] {
  return COMMANDS.flatMap(({ name, flags }) =>
    flags.filter(({ value }) => value !== undefined).map((flag) => [name, flag] as const),
  );
}

describe.each(SHELLS)("in %s", (shell) => {
  const isMissing = Bun.which(shell) === null;
  const named = (sentence: string): string => (isMissing ? `${sentence} (needs ${shell})` : sentence);
  const inShell = (sentence: string, body: () => Promise<void>): void =>
    test.skipIf(isMissing)(named(sentence), body, LIMIT_MS);

  describe("after its script was read twice", () => {
    let completing: CompletingShell;
    beforeAll(async () => {
      if (isMissing) return;
      const read = `source '${saved(`twice.${shell}`, await printed(shell))}'`;
      completing = await startCompletingShell(shell, [...PREPARED[shell], read, read]);
    }, LIMIT_MS);
    afterAll(() => completing?.[Symbol.dispose]());

    inShell("the commands are offered, and those that begin as typed", async () => {
      expect(await completing.offered("irqtrace ")).toEqual(COMMANDS.map(({ name }) => name).sort());
      expect(await completing.offered("irqtrace so")).toEqual(["softirqs"]);
      expect(await completing.offered("irqtrace x")).toEqual([]);
    });

    inShell("the options of the program and of each command are offered, all and once", async () => {
      for (const command of [undefined, ...COMMANDS]) {
        const start = command === undefined ? "irqtrace" : `irqtrace ${command.name}`;
        for (const prefix of ["-", "--"]) {
          const offered = await completing.offered(`${start} ${prefix}`);
          expect([start, [...offered].sort()]).toEqual([start, [...flagWords(command, prefix)]]);
        }
      }
      expect(await completing.offered("irqtrace hardirqs 1 5 -T --so")).toEqual(["--sort"]);
    });

    inShell("the values of options are offered, as the next word and behind a sign", async () => {
      for (const [command, flag] of valuedFlags()) {
        const expected = [...expectedWords(flag.value?.suggestions)];
        for (const word of wordsOf(flag)) {
          const line = `irqtrace ${command} ${word}`;
          expect([line, await completing.offered(`${line} `)]).toEqual([line, expected]);
          if (word.startsWith("--")) expect([line, await completing.offered(`${line}=`)]).toEqual([line, expected]);
        }
      }
    });

    inShell("values that begin as typed are offered alone", async () => {
      expect(await completing.offered("irqtrace softirqs --name n")).toEqual(["net_rx", "net_tx"]);
      expect(await completing.offered("irqtrace softirqs --name=net_r")).toEqual(["net_rx"]);
      expect(await completing.offered("irqtrace hardirqs --sort ma")).toEqual(["max"]);
      expect(await completing.offered("irqtrace hardirqs --probe=r")).toEqual(["raw_tp"]);
      expect(await completing.offered("irqtrace hardirqs --cgroup pl")).toEqual(["plain"]);
      expect(await completing.offered("irqtrace hardirqs --cgroup=we")).toEqual(["web.slice"]);
    });

    inShell("a short option that ends a group has its value", async () => {
      expect(await completing.offered("irqtrace hardirqs -dTc w")).toEqual(["web.slice"]);
    });

    inShell("an option's value is not taken for the command or for an option", async () => {
      expect(await completing.offered("irqtrace softirqs --name hardirqs --sort v")).toEqual(["vector"]);
      expect(await completing.offered("irqtrace hardirqs --name=softirqs --sort i")).toEqual(["irq"]);
      expect(await completing.offered("irqtrace hardirqs --cpu 0 --format c")).toEqual(["csv"]);
    });

    inShell("the shells are offered, once", async () => {
      expect(await completing.offered("irqtrace completion ")).toEqual([...SHELLS].sort());
      expect(await completing.offered("irqtrace completion z")).toEqual(["zsh"]);
      expect(await completing.offered("irqtrace completion bash z")).toEqual([]);
    });

    inShell("nothing is offered where nobody knows anything", async () => {
      for (const line of [
        "-- -",
        "hardirqs a",
        "hardirqs 1 a",
        "hardirqs -- -",
        "hardirqs -- --so",
        "nothing --",
        "nothing h",
      ]) {
        expect([line, await completing.offered(`irqtrace ${line}`)]).toEqual([line, []]);
      }
    });

    inShell("a later script with more in it takes the place of this one", async () => {
      // Quotes, brackets and signs that shells expand: a description is text and nothing else.
      const planted: Flag = { names: "-P, --planted", description: 'it\'s [`mkdir X`] "$(mkdir X)" $HOME: \\n 100% *' };
      const later: ScriptSource = {
        commands: COMMANDS.map((command) => ({ ...command, flags: [planted, ...command.flags.slice(1)] })),
        vectors: [{ text: "planted_vector", description: planted.description }],
      };
      expect(await completing.offered("irqtrace hardirqs --pl")).toEqual([]);
      await completing.run(`source '${saved(`later.${shell}`, GENERATORS[shell](later))}'`);
      expect(await completing.offered("irqtrace hardirqs --pl")).toEqual(["--planted"]);
      expect(await completing.offered("irqtrace hardirqs --di")).toEqual([]);
      expect(await completing.offered("irqtrace softirqs --name ")).toEqual(["planted_vector"]);
      expect(await completing.offered("irqtrace hardirqs --cgroup ")).toEqual([...DIRECTORIES]);
    });

    inShell("irqtrace was never started to find any of this out", async () => {
      expect(completing.surplusCalls).toBe(0);
    });
  });

  inShell(
    "reading its script any number of times says nothing and changes nothing but irqtrace's completions",
    async () => {
      const read = `source '${saved(`quiet.${shell}`, await printed(shell))}'`;
      const shown = (times: number): string => {
        const state = {
          bash: "set +o history; complete -p; shopt -p; set -o",
          zsh: "print -r -- $_comps[irqtrace]; setopt",
          fish: "complete -c irqtrace; functions --names",
        }[shell];
        const lines = [...PREPARED[shell], ...Array<string>(times).fill(read), state].join("\n");
        const command = {
          bash: ["bash", "--norc", "-c"],
          zsh: ["zsh", "-f", "-c"],
          fish: ["fish", "--no-config", "-c"],
        };
        const child = Bun.spawnSync([...command[shell], lines], { cwd: folder, env: shellEnv(), stderr: "pipe" });
        expect(child.stderr.toString()).toBe("");
        expect(child.exitCode).toBe(0);
        return child.stdout.toString();
      };
      const once = shown(1);
      expect(once).toContain("irqtrace");
      expect(shown(2)).toBe(once);
      expect(shown(3)).toBe(once);
      if (shell === "bash") expect(once.replace("complete -F _irqtrace irqtrace\n", "")).toBe(shown(0));
    },
  );
});

function shellEnv(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: folder, LC_ALL: "C.UTF-8" };
}

describe("the script", () => {
  const named = (sentence: string, program: string): string =>
    Bun.which(program) === null ? `${sentence} (needs ${program})` : sentence;

  test("works in a bash whose words do not end at a sign", async () => {
    const read = `source '${saved("no-break.bash", await printed("bash"))}'`;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
    using bash = await startCompletingShell("bash", ["COMP_WORDBREAKS=${COMP_WORDBREAKS//=}", "set -u", read]);
    expect(await bash.offered("irqtrace softirqs --sort=v")).toEqual(["vector"]);
    expect(await bash.offered("irqtrace softirqs --name=net_t")).toEqual(["net_tx"]);
    expect(await bash.offered("irqtrace softirqs --json=t")).toEqual([]);
    expect(await bash.offered("irqtrace softirqs --sort -")).toEqual([]);
  });

  test.skipIf(Bun.which("shellcheck") === null)(
    named("for bash has no fault that shellcheck knows", "shellcheck"),
    async () => {
      const child = Bun.spawnSync(["shellcheck", "--shell=bash", saved("checked.bash", await printed("bash"))]);
      expect(child.stdout.toString()).toBe("");
      expect(child.exitCode).toBe(0);
    },
  );

  test.skipIf(Bun.which("zsh") === null)(
    named("for zsh works as a file on fpath, from the first completion on", "zsh"),
    async () => {
      mkdirSync(join(folder, "functions"));
      saved("functions/_irqtrace", await printed("zsh"));
      using zsh = await startCompletingShell("zsh", [`fpath=('${join(folder, "functions")}' $fpath)`, COMPINIT]);
      expect(await zsh.offered("irqtrace do")).toEqual(["doctor"]);
      expect(await zsh.offered("irqtrace softirqs --name ti")).toEqual(["timer"]);
    },
    LIMIT_MS,
  );

  test.skipIf(Bun.which("zsh") === null)(named("for zsh tells what it takes without compinit", "zsh"), async () => {
    const file = saved("early.zsh", await printed("zsh"));
    const child = Bun.spawnSync(["zsh", "-f", "-c", `source '${file}'`], { env: shellEnv(), stderr: "pipe" });
    expect(child.exitCode).toBe(0);
    expect(child.stdout.toString()).toBe("");
    expect(child.stderr.toString()).toContain("autoload -Uz compinit && compinit");
  });

  test.skipIf(Bun.which("fish") === null)(named("for fish tells what each word means", "fish"), async () => {
    const file = saved("described.fish", await printed("fish"));
    const described = (line: string): string[] => {
      const script = `source '${file}'; complete -C '${line}'`;
      return Bun.spawnSync(["fish", "--no-config", "-c", script], { env: shellEnv() })
        .stdout.toString()
        .trim()
        .split("\n");
    };
    expect(described("irqtrace ").sort()).toEqual(COMMANDS.map(({ name, summary }) => `${name}\t${summary}`).sort());
    expect(described("irqtrace softirqs --name ").sort()).toEqual(
      VECTORS.map(({ name, description }) => `${name}\t${description}`).sort(),
    );
    for (const { name, flags } of COMMANDS) {
      for (const { names, description } of flags) {
        expect(described(`irqtrace ${name} --`)).toContain(`${names.replace(/^-\w, /, "")}\t${description}`);
      }
    }
  });

  test("is the same each time, and free of control characters", async () => {
    for (const shell of SHELLS) {
      const script = await printed(shell);
      expect(await printed(shell)).toBe(script);
      expect(script).toMatch(/^(\P{Cc}|\n)+$/u);
      expect(script).toEndWith("\n");
    }
  });
});
