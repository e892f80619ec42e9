import { lastLines } from "../../scripts/debian/run-command.ts";

/** One result that a program in the guest reported. */
export interface GuestResult {
  readonly name: string;
  readonly passed: boolean;
  /** What was measured, or why it failed. */
  readonly detail: string;
  /** What was measured, as numbers by name. */
  readonly figures?: Figures | undefined;
}

export type Figures = Readonly<Record<string, number>>;

/** How the emulator's run ended: by itself, or stopped at its limit. */
export type GuestEnding = { readonly kind: "ended" } | { readonly kind: "stopped"; readonly afterMs: number };

export interface GuestReport {
  readonly results: readonly GuestResult[];
  /** The program's exit code; null when the guest ended without telling it. */
  readonly exitCode: number | null;
  /** Why the run as a whole is a failure, whatever its results; null when it is not. */
  readonly problem: string | null;
}

/** Lines that a program or the guest's init writes to the console for the harness. */
export const MARKER: {
  readonly start: "##start";
  readonly result: "##result";
  readonly end: "##end";
  readonly exit: "##exit";
  readonly broken: "##broken";
} = { start: "##start", result: "##result", end: "##end", exit: "##exit", broken: "##broken" };

/** Bad page, oops, warning, soft lockup (Documentation/admin-guide/tainted-kernels.rst). */
const TROUBLE_TAINTS: readonly (readonly [bit: number, meaning: string])[] = [
  [5, "a bad page"],
  [7, "an oops"],
  [9, "a warning"],
  [14, "a soft lockup"],
];

/**
 * Judges what a guest wrote to its console. Whatever did not come through whole is a problem: a guest that hung, panicked or went away,
 * a program that did not say that it had reached its end, a result that was lost on the way.
 * @param expectsEnd whether the program reports results and says when it is through
 */
export function readConsole(console: string, ending: GuestEnding, expectsEnd: boolean): GuestReport {
  const lines = console.split(/\r*\n/);
  const results: GuestResult[] = [];
  const damaged: string[] = [];
  for (const line of after(lines, MARKER.result)) {
    const result = parseResult(line);
    if (result === undefined) damaged.push(line);
    else results.push(result);
  }
  const [exit] = after(lines, MARKER.exit);
  const exitCode = exit === undefined ? null : Number.parseInt(exit, 10);
  const problem =
    guestProblem(console, lines, ending) ??
    (expectsEnd ? reportProblem(lines, results, damaged, exitCode) : null) ??
    null;
  return { results, exitCode, problem };
}

function guestProblem(console: string, lines: readonly string[], ending: GuestEnding): string | undefined {
  const crash = lines.find((line) => /Kernel panic - |\bOops: |\bBUG: |general protection fault/.test(line));
  if (crash !== undefined) return `The guest's kernel crashed: ${crash.replace(/^\[[^\]]*\] /, "")}`;
  const [broken] = after(lines, MARKER.broken);
  if (broken !== undefined) return `The guest could not be set up: ${broken} failed.`;
  const [start] = after(lines, MARKER.start);
  if (ending.kind === "stopped") {
    const doing = start === undefined ? "starting" : "running the program";
    return `The guest was still ${doing} after ${(ending.afterMs / 1000).toFixed(1)} s and was stopped.`;
  }
  if (start === undefined) return `The guest ended before it ran the program: ${lastLines(console, 1)}`;
  const [exit] = after(lines, MARKER.exit);
  if (exit === undefined) return "The guest ended without telling the program's exit code.";
  const taints = Number.parseInt(exit.split(" ")[1] ?? "", 10) & ~Number.parseInt(start, 10);
  const trouble = TROUBLE_TAINTS.find(([bit]) => (taints & (1 << bit)) !== 0);
  return trouble === undefined ? undefined : `The guest's kernel met ${trouble[1]} while the program ran.`;
}

function reportProblem(
  lines: readonly string[],
  results: readonly GuestResult[],
  damaged: readonly string[],
  exitCode: number | null,
): string | undefined {
  const [end] = after(lines, MARKER.end);
  if (end === undefined) return `The program ended with exit code ${exitCode} before it had reported its end.`;
  if (damaged[0] !== undefined) return `A result arrived damaged: ${damaged[0]}`;
  if (Number.parseInt(end, 10) !== results.length)
    return `The program reported ${end} results, of which ${results.length} arrived.`;
  if (results.length === 0) return "The program reported its end but no result.";
  if (exitCode !== 0 && results.every((result) => result.passed))
    return `All results are good but the exit code is ${exitCode}.`;
  return undefined;
}

function after(lines: readonly string[], marker: string): readonly string[] {
  return lines.filter((line) => line.startsWith(`${marker} `)).map((line) => line.slice(marker.length + 1));
}

function parseResult(text: string): GuestResult | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isResult(value) ? value : undefined;
}

function isResult(value: unknown): value is GuestResult {
  if (typeof value !== "object" || value === null || !("name" in value && "passed" in value && "detail" in value))
    return false;
  if ("figures" in value && !isFigures(value.figures)) return false;
  return typeof value.name === "string" && typeof value.passed === "boolean" && typeof value.detail === "string";
}

function isFigures(value: unknown): value is Figures {
  return typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "number");
}
