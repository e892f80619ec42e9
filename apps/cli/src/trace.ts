import type { Tracer, TracerOptions } from "@irqtrace/tracer";
import { CostMeter } from "./cost-meter.ts";
import type { Environment } from "./environment.ts";
import { escapeControl } from "./escape-control.ts";
import type { Invocation } from "./invocation.ts";
import { loadRenderer } from "./renderers/renderer.ts";
import type { Report, ReportRow } from "./report.ts";
import { selectRows } from "./select-rows.ts";
import { StopRequest } from "./stop-request.ts";
import { UsageError } from "./usage-error.ts";

/** Traces as the command line asks and writes the reports, until it is done, told to stop, or nobody reads any more. */
export async function trace(invocation: Invocation, environment: Environment): Promise<void> {
  const { stdout, stderr } = environment;
  using stop = new StopRequest(environment);
  const render = await loadRenderer(invocation, {
    isTTY: stdout.isTTY,
    get columns() {
      return stdout.columns;
    },
    utcOffsetMinutes: (date) => environment.utcOffsetMinutes(date),
  });
  let written: Promise<void> = Promise.resolve();
  {
    using tracer = await open(invocation, environment);
    announce(invocation, environment, tracer);
    const meter = invocation.cost ? new CostMeter(() => environment.processUsage()) : null;
    for await (const report of reports(tracer, invocation, stop, meter)) {
      if (stop.signal.aborted && stderr.isTTY) void stderr.write("\n");
      written = stdout.write(render({ ...report, rows: selectRows(report.rows, invocation) }));
      // Waiting is the back-pressure; a reader that stands still must not keep the programs attached after a signal.
      await stop.whichComesFirst(written);
    }
  }
  await written;
}

async function open(invocation: Invocation, environment: Environment): Promise<Tracer<ReportRow>> {
  const cost = invocation.cost && (await canTellCost(environment));
  try {
    return await environment.openTracer(invocation.command.name, {
      ...tracerOptions(invocation, environment),
      ...(cost ? { cost } : {}),
    });
  } catch (error) {
    // All other options were checked before; whether a cgroup is there only the tracer finds out.
    if (error instanceof RangeError && invocation.cgroup !== undefined)
      throw new UsageError(`--cgroup: ${escapeControl(error.message)}`);
    throw error;
  }
}

/** What the process takes can be told anyway, so that a refusal is no reason not to trace. */
async function canTellCost(environment: Environment): Promise<boolean> {
  const refusal = await environment.statisticsRefusal();
  if (refusal !== null)
    void environment.stderr.write(`irqtrace: --cost without the programs: ${escapeControl(refusal)}\n`);
  return refusal === null;
}

async function* reports(
  tracer: Tracer<ReportRow>,
  invocation: Invocation,
  stop: StopRequest,
  meter: CostMeter | null,
): AsyncGenerator<Report> {
  const { everyMs, intervalCount: count } = invocation;
  if (everyMs === undefined) {
    await stop.requested();
    const { start, elapsedNs, lost, cost, rows } = tracer.snapshot();
    yield { start, lengthNs: elapsedNs, lost, cost: meter?.read(cost, rows), rows };
    return;
  }
  const options = { everyMs, count, signal: stop.signal };
  for await (const { start, intervalNs, lost, cost, rows } of tracer.intervals(options)) {
    yield { start, lengthNs: intervalNs, lost, cost: meter?.read(cost, rows), rows };
  }
}

function tracerOptions(invocation: Invocation, { stderr }: Environment): TracerOptions {
  const { measure, perCpu, cpus, cgroup, flavour, verbose } = invocation;
  const log = (line: string): void => void stderr.write(`${escapeControl(line.trimEnd())}\n`);
  return { measure, perCpu, cpus, cgroup, flavour, log: verbose ? log : undefined };
}

function announce({ command, verbose }: Invocation, { stderr }: Environment, { description }: Tracer<ReportRow>): void {
  if (verbose) {
    const { libbpf, flavour, programs, maps } = description;
    const lines = [
      `libbpf ${libbpf.version}, ${libbpf.path} (${libbpf.source})`,
      `programs (${flavour}): ${programs.join(", ")}`,
      ...maps.map(({ name, entries, bytes }) => `map ${name}: ${entries} entries, ${bytes} bytes`),
    ];
    void stderr.write(lines.map((line) => `irqtrace: ${escapeControl(line)}\n`).join(""));
  }
  if (stderr.isTTY) void stderr.write(`Tracing ${command.name}... Ctrl-C to end.\n`);
}
