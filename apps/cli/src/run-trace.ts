import type { Tracer, TracerOptions } from "@irqtrace/tracer";
import { CostMeter } from "./cost-meter.ts";
import type { Environment } from "./environment.ts";
import { escapeControl } from "./escape-control.ts";
import type { Invocation } from "./invocation.ts";
import { compileForIntervals } from "./jit-policy.ts";
import type { Renderer, Surface } from "./renderers/renderer.ts";
import type { Report } from "./report.ts";
import { StopRequest } from "./stop-request.ts";
import { UsageError } from "./usage-error.ts";

/** What the rows of all tracers have. */
interface CountedRow {
  readonly count: number;
}

/** A trace that a command line asks for: what to open, and how to show what it tells. */
export interface TracePlan<Row extends CountedRow> {
  /** The command's. */
  readonly name: string;
  readonly invocation: Pick<Invocation, "everyMs" | "intervalCount" | "cgroup" | "cost" | "verbose">;
  open(options: Pick<TracerOptions, "cost" | "log">): Promise<Tracer<Row>>;
  createRenderer(surface: Surface): Promise<Renderer<Row>>;
  /** What is worth a look in a report that was just read; absent where nobody asks. */
  find?(tracer: Tracer<Row>, report: Report<Row>): Promise<Report<Row>["findings"]>;
}

/** Traces as planned and writes the reports, until it is done, told to stop, or nobody reads any more. */
export async function runTrace<Row extends CountedRow>(plan: TracePlan<Row>, environment: Environment): Promise<void> {
  const { stdout, stderr } = environment;
  using stop = new StopRequest(environment);
  const render = await plan.createRenderer({
    get isTTY() {
      return stdout.isTTY;
    },
    get columns() {
      return stdout.columns;
    },
    utcOffsetMinutes: (date) => environment.utcOffsetMinutes(date),
  });
  let written: Promise<void> = Promise.resolve();
  let reportCount = 0;
  {
    using tracer = await open(plan, environment);
    announce(plan, environment, tracer);
    const meter = plan.invocation.cost ? new CostMeter(() => environment.processUsage()) : null;
    for await (const report of reports(tracer, plan, stop, meter)) {
      if (stop.signal.aborted && stderr.isTTY) void stderr.write("\n");
      const findings = await plan.find?.(tracer, report);
      written = stdout.write(render({ ...report, findings }));
      reportCount += 1;
      // Waiting is the back-pressure; a reader that stands still must not keep the programs attached after the last
      // report or a signal.
      if (reportCount !== plan.invocation.intervalCount) await stop.whichComesFirst(written);
    }
  }
  await written;
}

async function open<Row extends CountedRow>(plan: TracePlan<Row>, environment: Environment): Promise<Tracer<Row>> {
  const { cost, verbose, cgroup } = plan.invocation;
  const log = (line: string): void => void environment.stderr.write(`${escapeControl(line.trimEnd())}\n`);
  const canTell = cost && (await canTellCost(environment));
  try {
    return await plan.open({ log: verbose ? log : undefined, ...(canTell ? { cost: true } : {}) });
  } catch (error) {
    // All other options were checked before; whether a cgroup is there only the tracer finds out.
    if (error instanceof RangeError && cgroup !== undefined)
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

async function* reports<Row extends CountedRow>(
  tracer: Tracer<Row>,
  plan: TracePlan<Row>,
  stop: StopRequest,
  meter: CostMeter | null,
): AsyncGenerator<Report<Row>> {
  const { everyMs, intervalCount: count } = plan.invocation;
  if (everyMs === undefined) {
    await stop.requested();
    const { start, elapsedNs, lost, cost, rows } = tracer.snapshot();
    yield { start, lengthNs: elapsedNs, lost, cost: meter?.read(cost, rows), rows };
    return;
  }
  compileForIntervals(everyMs);
  const options = { everyMs, count, signal: stop.signal };
  for await (const { start, intervalNs, lost, cost, rows } of tracer.intervals(options)) {
    yield { start, lengthNs: intervalNs, lost, cost: meter?.read(cost, rows), rows };
  }
}

function announce<Row extends CountedRow>(
  { name, invocation }: TracePlan<Row>,
  { stderr }: Environment,
  { description }: Tracer<Row>,
): void {
  if (invocation.verbose) {
    const { libbpf, flavour, programs, absentTracepoints = [], maps } = description;
    const lines = [
      `libbpf ${libbpf.version}, ${libbpf.path} (${libbpf.source})`,
      ...(libbpf.whyNotBundled === undefined ? [] : [`the bundled libbpf is not used: ${libbpf.whyNotBundled}`]),
      `programs (${flavour}): ${programs.join(", ")}`,
      ...(absentTracepoints.length > 0 ? [`this kernel has no tracepoint ${absentTracepoints.join(", ")}`] : []),
      ...maps.map(({ name: map, entries, bytes }) => `map ${map}: ${entries} entries, ${bytes} bytes`),
    ];
    void stderr.write(lines.map((line) => `irqtrace: ${escapeControl(line)}\n`).join(""));
  }
  for (const note of description.notes ?? []) void stderr.write(`irqtrace: ${escapeControl(note)}\n`);
  if (stderr.isTTY) void stderr.write(`Tracing ${name}... Ctrl-C to end.\n`);
}
