import type { Environment } from "../environment.ts";
import { runTrace } from "../run-trace.ts";
import type { VictimsInvocation } from "./victims-invocation.ts";
import { loadVictimsRenderer } from "./victims-renderer.ts";

const HIDDEN =
  "irqtrace: the kernel hides its symbols, so that CPU modes stay unknown: they take CAP_SYSLOG and kernel.kptr_restrict below 2.\n";

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
      createRenderer: (surface) => loadVictimsRenderer(invocation, surface),
    },
    environment,
  );
}
