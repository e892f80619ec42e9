import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { CodeExample } from "./code-examples.ts";
import { brokenPromise, recordedCalls } from "./promised-output.ts";

/** Examples written out as modules of the repository, to be type-checked and run, until it is disposed of. */
export class ExampleWorkspace implements Disposable {
  readonly #repository: string;
  readonly #folder: string;
  readonly #examples: ReadonlyMap<string, CodeExample>;

  /** `name` is that of its folder, which the repository ignores: one for each user of this class that may run at the same time. */
  constructor(repository: string, name: string, examples: readonly CodeExample[]) {
    this.#repository = repository;
    this.#folder = join(repository, ".cache", name);
    this.#examples = new Map(examples.map((example) => [moduleName(repository, example), example]));
    this[Symbol.dispose]();
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, "tsconfig.json"), JSON.stringify(STRICTEST));
    for (const [file, { code }] of this.#examples) writeFileSync(join(this.#folder, file), code);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The compiler's complaints, at the places where the examples stand. */
  typeErrors(): readonly string[] {
    const compiler = [process.execPath, join(this.#repository, "node_modules/typescript/lib/tsc.js")];
    const result = Bun.spawnSync([...compiler, "-p", this.#folder, "--pretty", "false"], { cwd: this.#folder });
    const complaints = result.stdout
      .toString()
      .split("\n")
      .filter((line) => line !== "");
    if (!result.success && complaints.length === 0) return [`The compiler failed: ${result.stderr.toString()}`];
    return complaints.flatMap((line) => this.#atItsPlace(line));
  }

  /** Complaints about the sources themselves are for the repository's own type check. */
  #atItsPlace(complaint: string): readonly string[] {
    const [, file = "", line = "0", message] = /^([^(]+)\((\d+),\d+\): (.*)$/.exec(complaint) ?? [];
    const example = this.#examples.get(file);
    return example === undefined ? [] : [`${this.#place(example, Number(line) - 1)}: ${message}`];
  }

  #place(example: CodeExample, linesBelow = 0): string {
    return `${relative(this.#repository, example.file)}:${example.line + linesBelow}`;
  }

  /** Runs each example in a process of its own; gives what went wrong. */
  async runErrors(limitMs: number): Promise<readonly string[]> {
    const errors: string[] = [];
    for (const [file, example] of this.#examples) {
      const error = await this.#runError(file, example, limitMs);
      if (error !== null) errors.push(`${this.#place(example)}: ${error}`);
    }
    return errors;
  }

  async #runError(file: string, example: CodeExample, limitMs: number): Promise<string | null> {
    const child = Bun.spawn([process.execPath, "--no-install", `--preload=${RECORDER}`, join(this.#folder, file)], {
      cwd: this.#folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: limitMs,
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (child.signalCode !== null) return `the example was ended after ${limitMs / 1000} s`;
    if (child.exitCode !== 0) return `the example fails:\n${stderr}`;
    if (example.needsKernel) return null;
    const broken = brokenPromise(example.code, recordedCalls(stdout));
    return broken === null ? null : `the example says that it prints "${broken}", and it prints:\n${stdout}`;
  }
}

const RECORDER = join(import.meta.dir, "record-console.ts");

const STRICTEST = {
  extends: "../../tsconfig.json",
  compilerOptions: {
    allowUnreachableCode: false,
    isolatedDeclarations: false,
    moduleDetection: "force",
    noImplicitReturns: true,
    noUncheckedSideEffectImports: true,
    skipLibCheck: false,
  },
  include: ["*.ts"],
};

function moduleName(repository: string, example: CodeExample): string {
  return `${relative(repository, example.file).replace(/[^\w-]+/g, "-")}-${example.line}.ts`;
}
