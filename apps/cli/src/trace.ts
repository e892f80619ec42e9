import type { Environment } from "./environment.ts";
import { FindingReader } from "./finding-reader.ts";
import type { Invocation } from "./invocation.ts";
import { loadRenderer, type Renderer, type Surface } from "./renderers/renderer.ts";
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
        if (invocation.matrix) return await matrixRenderer(invocation, surface, environment);
        const render = await loadRenderer(invocation, surface);
        return (report) => render({ ...report, rows: selectRows(report.rows, invocation) });
      },
      ...(invocation.findings ? { find: (tracer, { rows }) => finder.read(tracer, rows) } : {}),
    },
    environment,
  );
}

/** Rows tell where they may run as well; a table puts the CPUs beside each other, other formats have rows per CPU. */
async function matrixRenderer(
  invocation: Invocation,
  surface: Surface,
  environment: Environment,
): Promise<Renderer<ReportRow>> {
  const placementOf = await environment.irqPlacement();
  const placed = (row: ReportRow): ReportRow => {
    const placement = row.irq === undefined ? null : placementOf(row.irq);
    if (placement === null) return row;
    const { affinity, effectiveAffinity, node } = placement;
    return {
      ...row,
      affinity,
      ...(effectiveAffinity === null ? {} : { effectiveAffinity }),
      ...(node === null ? {} : { node }),
    };
  };
  if (invocation.format !== "table") {
    const render = await loadRenderer(invocation, surface);
    return (report) => render({ ...report, rows: selectRows(report.rows, invocation).map(placed) });
  }
  const { createMatrixRenderer } = await import("./renderers/matrix.ts");
  const render = createMatrixRenderer(invocation, surface, invocation.cpus ?? (await environment.possibleCpus()));
  return (report) => render({ ...report, rows: report.rows.map(placed) });
}
