import { lastLines } from "../../../scripts/debian/run-command.ts";
import { type Figures, type GuestResult, MARKER } from "../console-protocol.ts";

/** A named thing to be true in this kernel. */
export interface Check {
  /** A sentence. */
  readonly name: string;
  /** Throws when it is not true; a text or numbers that it returns say what was measured. */
  readonly run: () => unknown;
}

/** What a check may return. */
export interface Measured {
  readonly detail: string;
  readonly figures: Figures;
}

/** Runs the checks one after the other, reports each to the harness, and sets this process's exit code. */
export async function reportChecks(checks: readonly Check[]): Promise<void> {
  for (const { name, run } of checks) {
    const result = await outcome(name, run);
    if (!result.passed) process.exitCode = 1;
    await writeLine(`${MARKER.result} ${JSON.stringify(result)}`);
  }
  await writeLine(`${MARKER.end} ${checks.length}`);
}

async function outcome(name: string, run: Check["run"]): Promise<GuestResult> {
  const startedNs = Bun.nanoseconds();
  const seconds = (): string => `${((Bun.nanoseconds() - startedNs) / 1e9).toFixed(1)} s`;
  try {
    const measured = await run();
    if (isMeasured(measured)) {
      return { name, passed: true, detail: `${measured.detail} in ${seconds()}`, figures: measured.figures };
    }
    return { name, passed: true, detail: `${typeof measured === "string" ? `${measured} in ` : ""}${seconds()}` };
  } catch (error) {
    return { name, passed: false, detail: `${describe(error)}\nafter ${seconds()}` };
  }
}

function isMeasured(value: unknown): value is Measured {
  return typeof value === "object" && value !== null && "detail" in value && "figures" in value;
}

/** With the end of the verifier's log, where the error has one: it says which instruction was refused. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const log = "log" in error && typeof error.log === "string" ? `\n${lastLines(error.log, 30)}` : "";
  return `${error.stack ?? error.message}${log}`;
}

/** One write for a line, after a line break, so that what others wrote to the console does not join it. */
async function writeLine(line: string): Promise<void> {
  await Bun.write(Bun.stdout, `\n${line}\n`);
}
