import { describe, expect, test } from "bun:test";
import { linuxMachine, MACHINES, trialsWith } from "../testing/doctor-machines.ts";
import type { Check, Status } from "./check.ts";
import { diagnose } from "./diagnose.ts";
import type { DoctorFacts } from "./doctor-facts.ts";

const USER = { userId: 1000, program: ["./irqtrace"] };

function diagnosisOf(facts: DoctorFacts, person = USER) {
  const diagnosis = diagnose(facts, person);
  const check = (id: string): Check => {
    const found = diagnosis.checks.find((one) => one.id === id);
    if (found === undefined) throw new Error(`No check has the id ${id}.`);
    return found;
  };
  const withStatus = (status: Status): readonly string[] =>
    diagnosis.checks.filter((one) => one.status === status).map(({ id }) => id);
  return { ...diagnosis, check, withStatus };
}

describe("tracing works", () => {
  test("where every command's programs were loaded and attached, and then nothing fails", () => {
    const { works, commands, withStatus } = diagnosisOf(MACHINES.root);
    expect(works).toBe(true);
    expect(commands).toEqual([
      { name: "hardirqs", works: true, flavour: "tp_btf" },
      { name: "softirqs", works: true, flavour: "tp_btf" },
    ]);
    expect(withStatus("ok")).toHaveLength(diagnosisOf(MACHINES.root).checks.length);
  });

  test("where a trial proves more than a sign to the contrary, which is then a warning", () => {
    const { works, withStatus } = diagnosisOf(linuxMachine({ hasKernelBtf: false }));
    expect(works).toBe(true);
    expect(withStatus("warn")).toEqual(["btf"]);
    expect(withStatus("fail")).toEqual([]);
  });

  test("where one flavour fails and the other does not, by the one that works", () => {
    const trials = trialsWith(null).map((trial) =>
      trial.flavour === "tp_btf" ? { ...trial, error: "no", countsRecursion: null } : trial,
    );
    const { works, commands, withStatus } = diagnosisOf(linuxMachine({ trials }));
    expect(works).toBe(true);
    expect(commands.map(({ flavour }) => flavour)).toEqual(["raw_tp", "raw_tp"]);
    expect(withStatus("warn")).toEqual(["trial.hardirqs.tp_btf", "trial.softirqs.tp_btf"]);
  });
});

describe("what stands in the way is", () => {
  const cases: readonly (readonly [machine: keyof typeof MACHINES, failing: readonly string[]])[] = [
    ["nobody", ["capabilities"]],
    ["container", ["capabilities"]],
    ["withoutBtf", ["btf", "trial.hardirqs.tp_btf", "trial.hardirqs.raw_tp"]],
    ["lockedDown", ["lockdown", "trial.hardirqs.tp_btf", "trial.hardirqs.raw_tp"]],
    [
      "oldKernel",
      [
        "kernel",
        "btf",
        "trial.hardirqs.tp_btf",
        "trial.hardirqs.raw_tp",
        "trial.softirqs.tp_btf",
        "trial.softirqs.raw_tp",
      ],
    ],
    [
      "filtered",
      ["bpf-call", "trial.hardirqs.tp_btf", "trial.hardirqs.raw_tp", "trial.softirqs.tp_btf", "trial.softirqs.raw_tp"],
    ],
    [
      "userNamespace",
      [
        "user-namespace",
        "trial.hardirqs.tp_btf",
        "trial.hardirqs.raw_tp",
        "trial.softirqs.tp_btf",
        "trial.softirqs.raw_tp",
      ],
    ],
    ["withoutLibbpf", ["libbpf"]],
    ["oldBun", ["bun"]],
    ["mac", ["kernel"]],
  ];
  test.each(cases)("on %s: %p", (machine, failing) => {
    const { works, withStatus } = diagnosisOf(MACHINES[machine]);
    expect(works).toBe(false);
    expect(withStatus("fail")).toEqual([...failing]);
  });

  test("always said, with what to do about it, unless the finding says so itself", () => {
    for (const facts of Object.values(MACHINES)) {
      for (const { id, status, remedy } of diagnose(facts, USER).checks) {
        const saysItself = id.startsWith("trial.") || id === "libbpf";
        if (status === "fail" && !saysItself) expect([id, remedy]).toEqual([id, expect.stringMatching(/.{15}/)]);
      }
    }
  });

  test("a matter of privileges alone for nobody, in containers and user namespaces", () => {
    const alone = Object.entries(MACHINES).filter(([, facts]) => diagnose(facts, USER).lacksPrivilegesAlone);
    expect(alone.map(([name]) => name)).toEqual(["nobody", "container", "filtered", "userNamespace"]);
  });
});

describe("the capabilities", () => {
  test("are had by sudo, or by a service's unit", () => {
    const { remedy } = diagnosisOf(MACHINES.nobody, { userId: 1000, program: ["/opt/my tools/irqtrace"] }).check(
      "capabilities",
    );
    expect(remedy).toContain("sudo '/opt/my tools/irqtrace' doctor");
    expect(remedy).toContain("AmbientCapabilities=CAP_BPF CAP_PERFMON");
  });

  test("are granted from outside where root lacks them", () => {
    const { remedy } = diagnosisOf(MACHINES.container, { userId: 0, program: ["irqtrace"] }).check("capabilities");
    expect(remedy).toContain("--cap-add BPF --cap-add PERFMON");
    expect(remedy).not.toContain("sudo");
  });

  test("may be CAP_SYS_ADMIN alone on old kernels", () => {
    expect(diagnosisOf(MACHINES.oldKernel).check("capabilities")).toMatchObject({
      status: "ok",
      found: "CAP_SYS_ADMIN",
    });
  });

  test("that only some uses take are optional", () => {
    const held = linuxMachine({ host: { capabilities: ["CAP_BPF", "CAP_PERFMON"] } });
    const { works, withStatus, check } = diagnosisOf(held);
    expect(works).toBe(true);
    expect(withStatus("warn")).toEqual(["cap-syslog", "cap-sys-admin"]);
    expect(check("cap-syslog").found).toContain("optional");
  });
});

describe("the system call", () => {
  const call = (bpfCall: string | null, hasSeccompFilter: boolean | null, missing: readonly string[] = []) =>
    diagnosisOf(linuxMachine({ bpfCall, missingCapabilities: missing, host: { hasSeccompFilter }, trials: [] })).check(
      "bpf-call",
    );

  test.each([
    ["answers", false, [], "ok", "no seccomp filter"],
    ["answers", true, [], "ok", "lets it pass"],
    ["answers", null, [], "ok", "answers"],
    ["EPERM", true, [], "fail", "the seccomp filter refuses it"],
    ["EPERM", false, [], "fail", "a security module"],
    ["ENOSYS", true, ["CAP_BPF"], "fail", "the seccomp filter refuses it"],
    ["ENOSYS", false, ["CAP_BPF"], "fail", "built without it"],
    ["EPERM", true, ["CAP_BPF"], "unknown", "or from the seccomp filter"],
    ["EPERM", false, ["CAP_BPF"], "unknown", "without the capabilities"],
    [null, true, [], "unknown", "there is a seccomp filter"],
  ] as const)("with the answer %p, a filter: %p and %p missing is %s", (answer, filter, missing, status, found) => {
    expect(call(answer, filter, missing)).toMatchObject({ status, found: expect.stringContaining(found) });
  });
});

describe("locked memory", () => {
  const memlock = (kernelRelease: string, lockedMemoryBytes: number | null, capabilities: readonly string[] = []) =>
    diagnosisOf(linuxMachine({ host: { kernelRelease, lockedMemoryBytes, capabilities } })).check("memlock");

  test("counts on kernels before 5.11 alone", () => {
    expect(memlock("5.11.0", 65_536).status).toBe("ok");
    expect(memlock("10.1.0", 65_536).status).toBe("ok");
    expect(memlock("5.10.223", 65_536)).toMatchObject({ status: "warn", found: expect.stringContaining("64 KiB") });
    expect(memlock("4.19.0", 65_536).status).toBe("warn");
  });

  test("is enough without a limit, or with the capability to raise it", () => {
    expect(memlock("5.10.223", Number.POSITIVE_INFINITY).status).toBe("ok");
    expect(memlock("5.10.223", 65_536, ["CAP_SYS_RESOURCE"]).status).toBe("ok");
    expect(memlock("5.10.223", null).status).toBe("unknown");
  });
});

describe("the kernel", () => {
  const kernel = (kernelRelease: string) => diagnosisOf(linuxMachine({ host: { kernelRelease }, trials: [] }));

  test("has to be 5.10 or later", () => {
    for (const release of ["5.10.0", "5.10", "6.1.0-42-amd64", "10.0.1"]) {
      expect([release, kernel(release).check("kernel").status]).toEqual([release, "ok"]);
    }
    for (const release of ["5.9.16", "4.18.0-553.el8.x86_64", "3.10.0"]) {
      expect([release, kernel(release).check("kernel").status]).toEqual([release, "fail"]);
    }
    expect(kernel("odd").check("kernel").status).toBe("unknown");
  });

  test("counts recursion misses from 5.12 on, and where a trial says so", () => {
    expect(kernel("5.11.22").check("recursion-misses").status).toBe("warn");
    expect(kernel("5.12.0").check("recursion-misses").status).toBe("ok");
    expect(kernel("odd").check("recursion-misses").status).toBe("unknown");
    const denied = linuxMachine({ trials: trialsWith(null, false) });
    expect(diagnosisOf(denied).check("recursion-misses").status).toBe("warn");
  });

  test("tells lockdown by its file, or by a trial that it would have spoiled", () => {
    const lockdown = (facts: DoctorFacts) => diagnosisOf(facts).check("lockdown").status;
    expect(lockdown(linuxMachine({ host: { lockdown: "integrity" } }))).toBe("ok");
    expect(lockdown(linuxMachine({ host: { lockdown: null } }))).toBe("ok");
    expect(lockdown(linuxMachine({ host: { lockdown: null }, trials: [] }))).toBe("unknown");
    expect(lockdown(MACHINES.lockedDown)).toBe("fail");
  });

  test("may lack a tracepoint of a class that not every kernel has", () => {
    const absent = { name: "threshold_apic_entry", class: "vector", isTyped: false };
    for (const isRaw of [false, null]) {
      const { check, works } = diagnosisOf(linuxMachine({ tracepoints: [{ ...absent, isRaw }] }));
      expect(check("tracepoint.threshold_apic_entry")).toMatchObject({
        status: "warn",
        found: "not in this kernel: what it would tell is not in class vector",
        remedy: null,
      });
      expect(works).toBe(true);
    }
  });

  test("offers each tracepoint by itself", () => {
    const tracepoints = [
      { name: "irq_handler_entry", isTyped: true, isRaw: true },
      { name: "irq_handler_exit", isTyped: true, isRaw: null },
      { name: "softirq_entry", isTyped: false, isRaw: true },
      { name: "softirq_exit", isTyped: false, isRaw: false },
      { name: "other", isTyped: false, isRaw: null },
    ];
    const { checks } = diagnosisOf(linuxMachine({ tracepoints, trials: [] }));
    expect(
      checks.filter(({ id }) => id.startsWith("tracepoint.")).map(({ id, status }) => [id.slice(11), status]),
    ).toEqual([
      ["irq_handler_entry", "ok"],
      ["irq_handler_exit", "ok"],
      ["softirq_entry", "warn"],
      ["softirq_exit", "fail"],
      ["other", "unknown"],
    ]);
  });
});

test("no two checks share an id", () => {
  const ids = diagnose(MACHINES.root, USER).checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
