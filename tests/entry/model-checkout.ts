import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const repository: string = dirname(dirname(import.meta.dir));
const ENTRY_FILES = ["irqtrace", "toolchain", "bun.lock", "apps/cli/bin"];

/** Prints how it was started instead of tracing. */
const PROGRAM = `console.log(JSON.stringify({ words: process.argv.slice(2), cwd: process.env.IRQTRACE_CWD, user: process.getuid() }));\n`;

export interface Start {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A checkout with the real entry points, whose package managers only note how they are called: `npm` is a script on the
 * PATH, and the Bun that it "installs" is this one, but for `install`.
 */
export class ModelCheckout implements Disposable {
  readonly root: string;
  /** A directory for the PATH that holds npm. */
  readonly programs: string;
  readonly #folder: string;
  readonly #log: string;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "irqtrace entry "));
    this.root = join(this.#folder, "a checkout");
    this.programs = join(this.#folder, "programs");
    this.#log = join(this.#folder, "calls");
    for (const file of ENTRY_FILES) {
      cpSync(join(repository, file), join(this.root, file), {
        recursive: true,
        filter: (path) => !/node_modules/.test(path),
      });
    }
    mkdirSync(join(this.root, "apps/cli/src"), { recursive: true });
    writeFileSync(join(this.root, "apps/cli/src/main.ts"), PROGRAM);
    mkdirSync(this.programs);
    // Whoever the set-up runs as must be able to come here and to note its calls.
    for (const path of [this.#folder, this.programs]) chmodSync(path, 0o755);
    writeFileSync(this.#log, "");
    chmodSync(this.#log, 0o666);
    this.npm("");
  }

  /** Replaces npm, and the Bun that it installs; they run these shell commands before they install. */
  npm(before: string, beforeBun = ":"): void {
    const bun = `#!/bin/sh\nif [ "$1" = install ]; then ${this.#note("bun")}; ${beforeBun}; mkdir -p node_modules; exit; fi\n[ "$1" != --version ] || exit 0\nexec '${process.execPath}' "$@"\n`;
    writeScript(join(this.programs, "bun-of-npm"), bun);
    writeScript(
      join(this.programs, "npm"),
      `#!/bin/sh\nif [ "$1" = config ]; then [ "$3" = cafile ] && echo /some/ca.pem || echo null; exit; fi\n${this.#note("npm")}\n${before}\nrm -rf node_modules\nmkdir -p node_modules/.bin node_modules/@oven/bun-linux-x64/bin\ncp '${this.programs}/bun-of-npm' node_modules/@oven/bun-linux-x64/bin/bun\n`,
    );
  }

  #note(program: string): string {
    return `echo "${program} $* as $(id -u) in $PWD" >> '${this.#log}'`;
  }

  /** What the package managers were called with, since the last time. */
  calls(): readonly string[] {
    const calls = readFileSync(this.#log, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    writeFileSync(this.#log, "");
    return calls.map((line) => line.replace(this.root, "ROOT"));
  }

  /** Starts a file of the checkout with an empty environment but for `env`, from the root directory. */
  start(words: readonly string[], env: Readonly<Record<string, string>> = {}): Start {
    const child = this.spawn(words, env);
    return { exitCode: child.exitCode, stdout: child.stdout.toString(), stderr: child.stderr.toString() };
  }

  spawn(words: readonly string[], env: Readonly<Record<string, string>>): Bun.SyncSubprocess<"pipe", "pipe"> {
    return Bun.spawnSync([...words], {
      cwd: "/",
      env: this.environment(env),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  environment(env: Readonly<Record<string, string>>): Record<string, string> {
    return { PATH: `${this.programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`, ...env };
  }

  /** A PATH with links to some system programs alone. */
  pathWith(names: readonly string[]): string {
    const path = mkdtempSync(join(this.#folder, "path-"));
    chmodSync(path, 0o755);
    for (const name of names) {
      const found = Bun.which(name, {
        PATH: `${this.programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      });
      if (found === null || !existsSync(found)) throw new Error(`This test needs ${name}.`);
      symlinkSync(found, join(path, name));
    }
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function writeScript(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
