import { describe, expect, test } from "bun:test";
import { SYSTEM_VECTORS } from "@irqtrace/hardirqs/decode";
import { planSlow, type SlowMachine } from "./slow-plan.ts";

const VECTOR_TRACEPOINTS = SYSTEM_VECTORS.flatMap(({ name }) => [`${name}_entry`, `${name}_exit`]);
const COMMON = ["irq_handler_entry", "irq_handler_exit", "softirq_entry", "softirq_exit", "softirq_raise"];

function machine(architecture: string, tracepoints: readonly string[]): SlowMachine {
  return { architecture, hasTracepoint: (name) => tracepoints.includes(name) };
}

// The trace headers of x86 kernels declare IPIs as well: nothing ever fires them there.
const x86 = machine("x64", [...COMMON, ...VECTOR_TRACEPOINTS, "nmi_handler", "ipi_entry", "ipi_exit"]);
const arm64 = machine("arm64", [...COMMON, "ipi_entry", "ipi_exit"]);
const arm64WithoutIpis = machine("arm64", COMMON);

describe("what is planned", () => {
  test("for all of an x86 machine", () => {
    const plan = planSlow(undefined, x86, "tp_btf");
    expect(plan).toMatchObject({
      classes: ["device", "vector", "nmi", "softirq", "raise"],
      absent: ["ipi"],
      rodata: { has_ipi_handlers: false, reports_devices: true, reports_ipi_handlers: false },
    });
    expect(plan.programs.filter((name) => name.startsWith("ipi"))).toEqual([]);
    expect(plan.tracepoints["vector_entry"]).toHaveLength(SYSTEM_VECTORS.length);
    expect(plan.tracepoints["vector_exit"]).toContain("local_timer_exit");
  });

  test("for all of an arm64 machine", () => {
    const plan = planSlow(undefined, arm64, "raw_tp");
    expect(plan).toMatchObject({
      classes: ["device", "ipi", "softirq", "raise"],
      absent: ["vector", "nmi"],
      tracepoints: {},
      rodata: { has_ipi_handlers: true, reports_devices: true, reports_ipi_handlers: false },
    });
    expect(plan.programs).toContain("ipi_exit");
    expect(plan.programs).toContain("device_exit_raw_tp");
  });

  test("for IPIs of an arm64 machine that has them as handlers alone", () => {
    const plan = planSlow(["ipi"], arm64WithoutIpis, "tp_btf");
    expect(plan.programs).toEqual(["device_entry", "device_exit_tp_btf"]);
    expect(plan.rodata).toEqual({ has_ipi_handlers: true, reports_devices: false, reports_ipi_handlers: true });
  });

  test.each([
    ["device", ["device_entry", "device_exit_tp_btf"]],
    ["vector", ["vector_entry", "vector_exit"]],
    ["nmi", ["nmi_handler"]],
    ["softirq", ["softirq_entry", "softirq_exit"]],
    ["raise", ["softirq_run", "softirq_raise"]],
  ] as const)("for %s alone is no more than its own", (slowClass, programs) => {
    const plan = planSlow([slowClass], x86, "tp_btf");
    expect(plan.programs).toEqual(programs);
    expect(Object.keys(plan.tracepoints)).toEqual(slowClass === "vector" ? ["vector_entry", "vector_exit"] : []);
  });

  test("puts every entry before every exit, and the end of a wait before its start", () => {
    for (const each of [x86, arm64]) {
      const { programs } = planSlow(undefined, each, "tp_btf");
      const [waits, runs] = [
        programs.filter((name) => /_(raise|run)$/.test(name)),
        programs.map((name) => /_entry$/.test(name)),
      ];
      expect(waits).toEqual(["softirq_run", "softirq_raise"]);
      expect(runs.indexOf(false)).toBe(runs.filter(Boolean).length);
    }
  });

  test("leaves out vectors of which the kernel has one tracepoint or none", () => {
    const some = machine("x64", [...COMMON, "local_timer_entry", "local_timer_exit", "reschedule_entry"]);
    expect(planSlow(undefined, some, "tp_btf")).toMatchObject({
      classes: ["device", "vector", "softirq", "raise"],
      tracepoints: { vector_entry: ["local_timer_entry"], vector_exit: ["local_timer_exit"] },
    });
  });

  test("for a class that the machine has not is nothing", () => {
    expect(planSlow(["ipi"], x86, "tp_btf")).toMatchObject({ classes: [], absent: ["ipi"], programs: [] });
    expect(planSlow(["vector", "softirq"], arm64, "tp_btf").absent).toEqual(["vector"]);
  });
});
