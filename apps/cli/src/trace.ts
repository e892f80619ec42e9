import type { Environment } from "./environment.ts";
import { FindingReader } from "./finding-reader.ts";
import type { Invocation } from "./invocation.ts";
import { loadRenderer } from "./renderers/renderer.ts";
import type { ReportRow } from "./report.ts";
import { runTrace } from "./run-trace.ts";
import { selectRows } from "./select-rows.ts";

/** Traces hardirqs or softirqs as the command line asks. */
export async function trace(invocation: Invocation, environment: Environment): Promise<void> {
  const { command, measure, perCpu, classes, self, latency, cpus, cgroup, flavour } = invocation;
  const places = invocation.places ? ("stack" as const) : undefined;
  const asked = { measure, perCpu, classes, self, latency, places, cpus, cgroup, flavour };
  const finder = new FindingReader(() => environment.machineFacts(), invocation.matchesName);
  await runTrace<ReportRow>(
    {
      name: command.name,
      invocation,
      open: (options) => environment.openTracer(command.name, { ...asked, ...options }),
      createRenderer: async (surface) => {
        const render = await loadRenderer(invocation, surface);
        return (report) => render({ ...report, rows: selectRows(report.rows, invocation) });
      },
      ...(invocation.findings ? { find: (tracer, { rows }) => finder.read(tracer, rows) } : {}),
    },
    environment,
  );
}
