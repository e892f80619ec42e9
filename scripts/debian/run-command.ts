/** Runs a command to its end and gives its standard output; throws with what it wrote to standard error when it fails. */
export async function runCommand(
  command: readonly string[],
  options: { cwd?: string; timeLimitMs?: number } = {},
): Promise<string> {
  const child = Bun.spawn([...command], {
    cwd: options.cwd ?? process.cwd(),
    env: { ...process.env, LC_ALL: "C" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeLimitMs ?? 300_000,
  });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (exitCode !== 0) {
    const why = child.signalCode === null ? `exit code ${exitCode}` : `signal ${child.signalCode}`;
    throw new Error(`${command[0]} failed (${why}): ${lastLines(stderr || stdout, 4)}`);
  }
  return stdout;
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
