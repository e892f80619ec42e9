import { dirname } from "node:path";

export interface StepOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly limitMs?: number;
}

const LIMIT_MS = 180_000;

/** Runs a command to its end and gives its output; throws with all that it wrote if it fails. */
export async function runStep(command: readonly string[], options: StepOptions): Promise<string> {
  const child = Bun.spawn([...command], {
    cwd: options.cwd,
    // Scripts of packages call "bun": the one that runs this.
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`, ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.limitMs ?? LIMIT_MS,
  });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (exitCode !== 0) {
    const end = child.signalCode ?? `exit code ${exitCode}`;
    throw new Error(`"${command.join(" ")}" failed (${end}) in ${options.cwd}:\n${stdout}${stderr}`);
  }
  return stdout;
}
