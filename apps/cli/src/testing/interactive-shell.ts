import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIMIT_MS = 10_000;
const POLL_MS = 5;

/** Notes its arguments where the shell's environment says, and that it was called. */
const STUB = `#!/bin/sh
echo called >> "$STUB_CALLS"
for argument in "$@"; do printf '%s\\0' "$argument"; done > "$STUB_ARGUMENTS.new"
mv "$STUB_ARGUMENTS.new" "$STUB_ARGUMENTS"
`;

/** How to start a shell that reads no user's files, and to have a key insert everything that it would offer. */
export interface ShellSetUp {
  readonly command: readonly string[];
  /** Lines of the shell's own language, run before anything is completed. */
  readonly prelude: readonly string[];
  /** The key, as a terminal sends it. */
  readonly insertAll: string;
}

/**
 * A shell on a terminal, in a folder of its own, in which `irqtrace` is a program that notes its arguments: so what the
 * shell puts into a command line is read as the program would get it, and a call in between does not go unnoticed.
 */
export class InteractiveShell implements Disposable {
  /** Where the shell stands. */
  readonly folder: string = mkdtempSync(join(tmpdir(), "irqtrace-shell-"));
  readonly #root: string;
  readonly #child: Bun.Subprocess;
  readonly #insertAll: string;
  #linesEntered = 0;
  #screen = "";

  private constructor({ command, insertAll }: ShellSetUp) {
    this.#insertAll = insertAll;
    this.#root = mkdtempSync(join(tmpdir(), "irqtrace-shell-root-"));
    const programs = join(this.#root, "bin");
    mkdirSync(programs);
    writeFileSync(join(programs, "irqtrace"), STUB);
    chmodSync(join(programs, "irqtrace"), 0o755);
    writeFileSync(this.#callsFile, "");
    const decoder = new TextDecoder();
    this.#child = Bun.spawn([...command], {
      cwd: this.folder,
      env: {
        PATH: `${programs}:${process.env["PATH"] ?? ""}`,
        HOME: this.#root,
        TERM: "xterm",
        LC_ALL: "C.UTF-8",
        STUB_CALLS: this.#callsFile,
        STUB_ARGUMENTS: this.#argumentsFile,
      },
      terminal: {
        cols: 2_000,
        rows: 50,
        data: (_, data) => {
          this.#screen += decoder.decode(data, { stream: true });
        },
      },
    });
  }

  static async start(setUp: ShellSetUp): Promise<InteractiveShell> {
    const shell = new InteractiveShell(setUp);
    for (const line of setUp.prelude) shell.#type(`${line}\r`);
    // Once this comes back, all before it has been read.
    await shell.argumentsOf("irqtrace ready");
    return shell;
  }

  /** All that the shell has shown. */
  get screen(): string {
    return this.#screen;
  }

  /** How often irqtrace was started, but for the lines that were entered. */
  get surplusCalls(): number {
    return readFileSync(this.#callsFile, "utf8").split("\n").length - 1 - this.#linesEntered;
  }

  /** Runs a line of the shell's own language. */
  async run(line: string): Promise<void> {
    this.#type(`${line}\r`);
    await this.argumentsOf("irqtrace ready");
  }

  /** The arguments that irqtrace gets when everything that is offered at the end of the line has been inserted there. */
  async completed(line: string): Promise<readonly string[]> {
    return await this.argumentsOf(line + this.#insertAll);
  }

  /** The arguments that irqtrace gets of a line. */
  async argumentsOf(line: string): Promise<readonly string[]> {
    rmSync(this.#argumentsFile, { force: true });
    this.#type(`${line}\r`);
    this.#linesEntered += 1;
    const endMs = performance.now() + LIMIT_MS;
    while (!existsSync(this.#argumentsFile)) {
      if (performance.now() > endMs) throw new Error(`The shell did not start irqtrace. It shows:\n${this.#screen}`);
      await Bun.sleep(POLL_MS);
    }
    return readFileSync(this.#argumentsFile, "utf8").split("\0").slice(0, -1);
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
    this.#child.terminal?.close();
    rmSync(this.folder, { recursive: true });
    rmSync(this.#root, { recursive: true });
  }

  get #callsFile(): string {
    return join(this.#root, "calls");
  }

  get #argumentsFile(): string {
    return join(this.#root, "arguments");
  }

  #type(keys: string): void {
    const { terminal } = this.#child;
    if (terminal === undefined) throw new Error("The shell has no terminal.");
    terminal.write(keys);
  }
}
