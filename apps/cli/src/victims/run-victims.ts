import type { VictimRow } from "@irqtrace/interrupts";
import type { Environment } from "../environment.ts";
import { runTrace } from "../run-trace.ts";
import type { VictimsInvocation } from "./victims-invocation.ts";
import { loadVictimsRenderer } from "./victims-renderer.ts";

const HIDDEN =
  "irqtrace: the kernel hides its symbols, so that CPU modes stay unknown: they take CAP_SYSLOG and kernel.kptr_restrict below 2.\n";

const fullTable = (by: VictimsInvocation["by"]): string =>
  `irqtrace: the table is full: victims that come now are told as (others). --entries gives it more room${by === "task" ? ", --by cgroup takes fewer rows" : ""}, and a new trace begins with an empty one.\n`;

/** Rows stay when tasks end: where many begin and end, a long trace fills any table. Old kernels count all NMIs so. */
const isFull = (rows: readonly VictimRow[]): boolean =>
  rows.some(({ victimKind, class: name }) => victimKind === "others" && name !== "nmi");

/** Traces whose time interrupts take, as the command line asks. */
export async function runVictims(invocation: VictimsInvocation, environment: Environment): Promise<void> {
  const { by, classes, cpus, cgroup, entries, flavour } = invocation;
  await runTrace(
    {
      name: "victims",
      invocation,
      open: async (options) => {
        const wanted = { by, classes, cpus, cgroup, tableEntries: entries, flavour };
        const tracer = await environment.openVictims({ ...wanted, ...options });
        if (by === "cpu-mode" && !(await environment.showsKernelAddresses())) void environment.stderr.write(HIDDEN);
        return tracer;
      },
      createRenderer: async (surface) => {
        const render = await loadVictimsRenderer(invocation, surface);
        let wasFull = false;
        return (report) => {
          const nowFull = isFull(report.rows);
          if (nowFull && !wasFull) void environment.stderr.write(fullTable(by));
          wasFull ||= nowFull;
          return render(report);
        };
      },
    },
    environment,
  );
}
