import { describe, expect, test } from "bun:test";
import { VICTIM_KINDS } from "@irqtrace/interrupts";
import {
  bpfObjectsOf,
  IRQTRACE,
  linesOf,
  resultOf,
  runIrqtrace,
  spawnIrqtrace,
  survivorsOf,
  until,
} from "./cli-process.ts";
import { spawnAt, udpCommand } from "./load/loads.ts";

const WITHOUT_SYSLOG = ["setpriv", "--inh-caps=-all,+bpf,+perfmon", "--bounding-set=-all,+bpf,+perfmon"];
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"];

describe("irqtrace victims", () => {
  test.each(VICTIM_KINDS)("by %s prints its reports in every format", async (by) => {
    for (const options of ["", "--json", "--format csv --cost", "--top 1 --sort name -N --class device,softirq"]) {
      const words = ["victims", "100ms", "2", "--by", by, ...options.split(" ").filter(Boolean)];
      const { code, stdout, stderr } = await runIrqtrace(...words);
      expect({ options, code, stderr }).toEqual({ options, code: 0, stderr: "" });
      expect(stdout).toEndWith("\n");
    }
  });

  test("tells who lost time to a load", async () => {
    const load = spawnAt(udpCommand(1e9));
    try {
      await Bun.sleep(300);
      const { stdout } = await runIrqtrace("victims", "1", "1", "--json", "--class", "softirq");
      const { by, rows } = JSON.parse(stdout);
      expect(by).toBe("task");
      const own = rows.filter((row: { tid?: number }) => row.tid === load.pid);
      expect(own.map((row: { name: string }) => row.name)).toContain("net_rx");
      expect(own[0].totalNs).toBeGreaterThan(1e6);
    } finally {
      load.kill();
      await load.exited;
    }
  });

  test("says why CPU modes are unknown where the kernel hides its symbols", async () => {
    const words = [...WITHOUT_SYSLOG, IRQTRACE, "victims", "500ms", "1", "--by", "cpu-mode", "--json"];
    const child = Bun.spawn(words, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const { code, stdout, stderr } = await resultOf(child);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^irqtrace: the kernel hides its symbols, .*\n$/);
    // Threads of the kernel are told by what they are.
    const modes = new Set(JSON.parse(stdout).rows.map((row: { victim: string }) => row.victim));
    expect(modes).not.toContain("user");
    expect(modes).toContain("unknown");
  });

  test("as nobody ends with 3 and prints the command that works", async () => {
    const words = [...NOBODY, IRQTRACE, "victims", "50ms", "1", "--by", "cgroup"];
    const child = Bun.spawn(words, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const { code, stdout, stderr } = await resultOf(child);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("CAP_BPF and CAP_PERFMON are missing");
    expect(stderr).toMatch(/^ {2}sudo .*victims 50ms 1 --by cgroup$/m);
  });

  test("leaves nothing in the kernel, even killed", async () => {
    const child = spawnIrqtrace("victims", "20ms", "--json", "--by", "cpu-mode");
    await linesOf(child.stdout).next();
    const objects = bpfObjectsOf(child.pid);
    expect(objects.length).toBeGreaterThan(10);
    child.kill("SIGKILL");
    await child.exited;
    await until(() => survivorsOf(objects).length === 0);
  });
});
