import { describe, expect, test } from "bun:test";
import { release } from "node:os";
import { resolve } from "node:path";
import { libbpf } from "@irqtrace/loader";
import { IRQTRACE, runIrqtrace } from "./cli-process.ts";

const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--"];
const REFUSE_BPF = resolve(import.meta.dir, "../../packages/loader/src/testing/refuse-bpf.ts");
const EPERM = 1;
const TRIALS = ["trial.hardirqs.tp_btf", "trial.hardirqs.raw_tp", "trial.softirqs.tp_btf", "trial.softirqs.raw_tp"];
const TRACEPOINTS = ["irq_handler_entry", "irq_handler_exit", "softirq_entry", "softirq_exit"];

interface Check {
  readonly id: string;
  readonly status: string;
  readonly found: string;
  readonly remedy: string | null;
}

interface Report {
  readonly code: number;
  readonly works: boolean;
  readonly commands: readonly { readonly name: string; readonly works: boolean; readonly flavour: string | null }[];
  readonly check: (id: string) => Check;
  readonly failing: readonly string[];
}

/** Runs the doctor's JSON below a command that takes something away from it. */
function doctorBelow(...command: readonly string[]): Report {
  const child = Bun.spawnSync([...command, IRQTRACE, "doctor", "--json"], { stdin: "ignore", stderr: "pipe" });
  expect(child.stderr.toString()).toBe("");
  const report: { works: boolean; commands: Report["commands"]; checks: readonly Check[] } = JSON.parse(
    child.stdout.toString(),
  );
  return {
    code: child.exitCode,
    works: report.works,
    commands: report.commands,
    failing: report.checks.filter(({ status }) => status === "fail").map(({ id }) => id),
    check(id) {
      const found = report.checks.find((one) => one.id === id);
      if (found === undefined) throw new Error(`The report has no check ${id}.`);
      return found;
    },
  };
}

/** What the kernel holds of BPF, by bpftool. */
function bpfPrograms(): string {
  return Bun.spawnSync(["bpftool", "-j", "prog", "show"]).stdout.toString();
}

describe("irqtrace doctor as root", () => {
  test("finds that tracing works, with the facts of this machine, and exits with 0", () => {
    const { code, works, commands, check, failing } = doctorBelow();
    expect({ code, works, failing }).toEqual({ code: 0, works: true, failing: [] });
    expect(commands.map(({ flavour }) => flavour)).toEqual(["tp_btf", "tp_btf"]);
    expect(check("kernel").found).toBe(release());
    expect(check("libbpf").found).toBe(`${libbpf().version}, ${libbpf().path} (${libbpf().source})`);
    for (const id of TRIALS) expect(check(id)).toMatchObject({ id, status: "ok" });
    for (const name of TRACEPOINTS) expect(check(`tracepoint.${name}`).status).toBe("ok");
  });

  test("prints a line for each check, and the verdict", async () => {
    const { code, stdout, stderr } = await runIrqtrace("doctor");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n");
    for (const name of TRACEPOINTS) expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^ok {7}${name} `)));
    expect(stdout).toEndWith("\n\nTracing works here: hardirqs with tp_btf, softirqs with tp_btf.\n");
  });

  test("leaves no program of its trials in the kernel", async () => {
    doctorBelow();
    for (const name of ["hardirq_exit", "softirq_exit"]) {
      // The kernel frees programs after a grace period.
      while (bpfPrograms().includes(`"name":"${name}`)) await Bun.sleep(20);
    }
  });

  test("with CAP_BPF and CAP_PERFMON alone finds that tracing works, and what is optional", () => {
    const { code, works, check } = doctorBelow("setpriv", "--bounding-set=-all,+bpf,+perfmon", "--inh-caps=-all", "--");
    expect({ code, works }).toEqual({ code: 0, works: true });
    expect(check("capabilities").found).toBe("CAP_BPF, CAP_PERFMON");
    expect(check("cap-syslog").status).toBe("warn");
    expect(check("cap-sys-admin").status).toBe("warn");
  });
});

describe("irqtrace doctor exits with 4", () => {
  test("as nobody, names the capabilities, and still looks at everything else", () => {
    const { code, works, check, failing } = doctorBelow(...NOBODY);
    expect({ code, works, failing }).toEqual({ code: 4, works: false, failing: ["capabilities"] });
    expect(check("capabilities").remedy).toContain(`sudo ${IRQTRACE} doctor`);
    for (const name of TRACEPOINTS) expect(check(`tracepoint.${name}`).status).toBe("ok");
    for (const id of TRIALS) expect(check(id).found).toBe("not tried: CAP_BPF and CAP_PERFMON are missing");
  });

  test("where BTF is hidden, and tells which command works all the same", () => {
    const hide = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"';
    const { code, works, commands, check, failing } = doctorBelow("unshare", "--mount", "sh", "-c", hide, "sh");
    expect({ code, works }).toEqual({ code: 4, works: false });
    expect(failing).toEqual(["btf", "trial.hardirqs.tp_btf", "trial.hardirqs.raw_tp"]);
    expect(commands).toEqual([
      { name: "hardirqs", works: false, flavour: null },
      { name: "softirqs", works: true, flavour: "raw_tp" },
    ]);
    expect(check("btf").remedy).toContain("CONFIG_DEBUG_INFO_BTF");
    for (const name of TRACEPOINTS) expect(check(`tracepoint.${name}`).status).toBe("warn");
  });

  test("as root of a user namespace, whose capabilities do not count", () => {
    const { code, failing, check } = doctorBelow("unshare", "--user", "--map-root-user");
    expect(code).toBe(4);
    expect(failing).toEqual(["user-namespace", ...TRIALS]);
    expect(check("capabilities").status).toBe("ok");
  });

  test("below a seccomp filter that refuses bpf", () => {
    const { code, failing, check } = doctorBelow(process.execPath, REFUSE_BPF, String(EPERM));
    expect(code).toBe(4);
    expect(failing).toEqual(["bpf-call", ...TRIALS]);
    expect(check("bpf-call").found).toBe("EPERM: the seccomp filter refuses it");
  });

  test("without a usable libbpf, and tries nothing", () => {
    const { code, failing, check } = doctorBelow("env", "IRQTRACE_LIBBPF=/nowhere/libbpf.so.1");
    expect({ code, failing }).toEqual({ code: 4, failing: ["libbpf"] });
    expect(check("libbpf").found).toContain("/nowhere/libbpf.so.1");
    for (const id of TRIALS) expect(check(id).found).toBe("not tried: there is no libbpf");
  });
});

describe("where tracing fails", () => {
  test("for want of BTF, hardirqs ends with 4 and points to the doctor, which can be started so", () => {
    const script = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"';
    const hidden = ["unshare", "--mount", "sh", "-c", script, "sh"];
    const child = Bun.spawnSync([...hidden, IRQTRACE, "hardirqs", "0.05", "1"], { stdin: "ignore", stderr: "pipe" });
    expect(child.exitCode).toBe(4);
    const advised = /^ {2}(.* doctor)$/m.exec(child.stderr.toString())?.[1] ?? "";
    expect(advised).toBe(`${IRQTRACE} doctor`);
    const doctor = Bun.spawnSync([...hidden, "sh", "-c", advised], { stdin: "ignore", stderr: "pipe" });
    expect(doctor.exitCode).toBe(4);
    expect(doctor.stdout.toString()).toContain("/sys/kernel/btf/vmlinux is missing");
  });
});
