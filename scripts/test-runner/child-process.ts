import type { Outcome } from "./bun-output.ts";

export interface ChildOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** After this the process is ended, and its outcome says so. */
  readonly limitMs: number;
}

export interface ChildResult extends Outcome {
  readonly stdout: string;
  readonly stderr: string;
}

/** Between asking a process to end and killing it. */
const GRACE_MS = 5_000;

/** What children see: some variables change what Bun prints (terse modes, colours), or what a test finds. */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|CI|SUDO_\w+|IRQTRACE_\w+|npm_config_\w+|\w+_proxy|\w+_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/;

export function childEnvironment(
  more: Readonly<Record<string, string>> = {},
  own: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const environment: Record<string, string> = { NO_COLOR: "1" };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && PASSED_ON.test(name)) environment[name] = value;
  }
  return { ...environment, ...more };
}

/** Runs a command to its end, showing what it prints as it comes. */
export async function runShown(command: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const child = Bun.spawn([...command], {
    cwd: options.cwd,
    env: childEnvironment(options.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const stdout = new ShownText(child.stdout);
  const stderr = new ShownText(child.stderr);
  let killTimer: Timer | undefined;
  const limitTimer = setTimeout(() => {
    console.log(`Ended after ${options.limitMs / 1000} s: ${command.join(" ")}`);
    child.kill("SIGTERM");
    killTimer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  }, options.limitMs);
  await child.exited;
  clearTimeout(limitTimer);
  clearTimeout(killTimer);
  // A process that the command left behind may hold its pipes open for ever.
  const { promise: patienceEnds, resolve } = Promise.withResolvers<void>();
  const patienceTimer = setTimeout(resolve, GRACE_MS);
  await Promise.race([Promise.all([stdout.end, stderr.end]), patienceEnds]);
  clearTimeout(patienceTimer);
  return { exitCode: child.exitCode, signal: child.signalCode, stdout: stdout.text, stderr: stderr.text };
}

/** Passes on what comes, and keeps it. */
class ShownText {
  text = "";
  readonly end: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.end = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const piece of stream) {
      process.stdout.write(piece);
      this.text += decoder.decode(piece, { stream: true });
    }
  }
}
