import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Shell } from "../shells.ts";
import { InteractiveShell } from "./interactive-shell.ts";

/** A shell that has read a script and can be asked what it offers. */
export interface CompletingShell extends Disposable {
  /** What is offered at the end of a line, sorted; of flags and directories without the sign that may follow. */
  offered(line: string): Promise<readonly string[]>;
  /** Runs a line of the shell's own language. */
  run(line: string): Promise<void>;
  /** How often completing started irqtrace. */
  readonly surplusCalls: number;
}

/** Directories below which a shell stands, and one file. */
export const DIRECTORIES: readonly string[] = ["a b", "plain", "web.slice"];

/** Ctrl-X Ctrl-A */
const INSERT_ALL = "\u0018\u0001";

/** Starts the shell and has it read the script's file by these lines. */
export async function startCompletingShell(shell: Shell, prelude: readonly string[]): Promise<CompletingShell> {
  if (shell === "fish") return new FishCompletions(prelude);
  const running = await InteractiveShell.start(
    shell === "bash"
      ? {
          command: ["bash", "--norc", "--noprofile", "-i"],
          prelude: [`bind '"\\C-x\\C-a": insert-completions'`, ...prelude],
          insertAll: INSERT_ALL,
        }
      : {
          command: ["zsh", "-f", "-i"],
          prelude: [
            "bindkey -e",
            "insert_all() { _main_complete; compstate[insert]=all }",
            "zle -C insert-all complete-word insert_all",
            "bindkey '^X^A' insert-all",
            ...prelude,
          ],
          insertAll: INSERT_ALL,
        },
  );
  return new LineCompletions(running);
}

function furnish(folder: string): void {
  for (const name of DIRECTORIES) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "a file"), "");
}

function bare(word: string): string {
  return word.replace(/^--[a-z-]+=(?=.)/, "").replace(/[=/]$/, "");
}

/** By what the shell puts into its command line. */
class LineCompletions implements CompletingShell {
  readonly #shell: InteractiveShell;

  constructor(shell: InteractiveShell) {
    this.#shell = shell;
    furnish(shell.folder);
  }

  get surplusCalls(): number {
    return this.#shell.surplusCalls;
  }

  async run(line: string): Promise<void> {
    await this.#shell.run(line);
  }

  async offered(line: string): Promise<readonly string[]> {
    const typed = line.split(" ").slice(1);
    const partial = typed.pop() ?? "";
    const words = await this.#shell.completed(line);
    const before = words.slice(0, typed.length);
    if (before.join(" ") !== typed.join(" ")) throw new Error(`"${line}" became "irqtrace ${words.join(" ")}"`);
    const inserted = words.slice(typed.length);
    // Where there is nothing to offer the line stays as it is.
    return inserted.join(" ") === partial ? [] : inserted.map(bare).sort();
  }

  [Symbol.dispose](): void {
    this.#shell[Symbol.dispose]();
  }
}

/** By fish's own way to ask for completions. */
class FishCompletions implements CompletingShell {
  readonly surplusCalls = 0;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "irqtrace-shell-"));
  readonly #prelude: string[];

  constructor(prelude: readonly string[]) {
    this.#prelude = [...prelude];
    furnish(this.#folder);
  }

  async run(line: string): Promise<void> {
    this.#prelude.push(line);
  }

  async offered(line: string): Promise<readonly string[]> {
    const lines = this.#ask(`complete -C '${line}'`).split("\n").slice(0, -1);
    return lines.map((text) => bare(text.split("\t")[0] ?? "")).sort();
  }

  #ask(query: string): string {
    // An irqtrace that is started ends the query.
    const script = ["function irqtrace; exit 9; end", ...this.#prelude, query].join("\n");
    const child = Bun.spawnSync(["fish", "--no-config", "-c", script], {
      cwd: this.#folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.#folder, LC_ALL: "C.UTF-8" },
      stderr: "pipe",
    });
    const problem = child.stderr.toString();
    if (child.exitCode !== 0 || problem !== "") throw new Error(`fish ended with ${child.exitCode}: ${problem}`);
    return child.stdout.toString();
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
