import type { Environment } from "../environment.ts";
import { escapeControl } from "../escape-control.ts";
import { StopRequest } from "../stop-request.ts";
import type { CoverageInvocation } from "./coverage-invocation.ts";

/** Counts for the time asked for, or until it is told to stop, and writes what of it was seen. */
export async function runCoverage(invocation: CoverageInvocation, environment: Environment): Promise<void> {
  const { durationMs, format, flavour, verbose } = invocation;
  const { stdout, stderr } = environment;
  using stop = new StopRequest(environment);
  const say = (line: string): void => void stderr.write(`${escapeControl(line.trimEnd())}\n`);
  const coverage = await environment.measureCoverage({
    durationMs,
    flavour,
    signal: stop.signal,
    log: verbose ? say : undefined,
    onStart: ({ libbpf, programs, absentTracepoints = [] }) => {
      if (verbose) {
        say(`irqtrace: libbpf ${libbpf.version}, ${libbpf.path} (${libbpf.source})`);
        say(`irqtrace: programs: ${programs.join(", ")}`);
        if (absentTracepoints.length > 0)
          say(`irqtrace: this kernel has no tracepoint ${absentTracepoints.join(", ")}`);
      }
      if (stderr.isTTY) say("Counting interrupts... Ctrl-C to end.");
    },
  });
  if (stop.signal.aborted && stderr.isTTY) void stderr.write("\n");
  if (format === "json") {
    const { coverageJson } = await import("./coverage-json.ts");
    await stdout.write(coverageJson(coverage));
  } else {
    const { coverageTable } = await import("./coverage-table.ts");
    await stdout.write(coverageTable(coverage, stdout.columns ?? Number.POSITIVE_INFINITY));
  }
}
