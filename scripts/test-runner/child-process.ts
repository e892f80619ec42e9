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

export function childEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = { NO_COLOR: "1" };
  for (const [name, value] of Object.entries(process.env)) {
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
  let killTimer: Timer | undefined;
  const limitTimer = setTimeout(() => {
    console.log(`Ended after ${options.limitMs / 1000} s: ${command.join(" ")}`);
    child.kill("SIGTERM");
    killTimer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  }, options.limitMs);
  try {
    const [stdout, stderr] = await Promise.all([readShown(child.stdout), readShown(child.stderr)]);
    await child.exited;
    return { exitCode: child.exitCode, signal: child.signalCode, stdout, stderr };
  } finally {
    clearTimeout(limitTimer);
    clearTimeout(killTimer);
  }
}

async function readShown(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream) {
    process.stdout.write(piece);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
