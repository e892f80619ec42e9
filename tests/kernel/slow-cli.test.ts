import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
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
import { sendUdp } from "./load/loads.ts";
import { ownCgroup } from "./own-cgroup.ts";

setDefaultTimeout(60_000);

type Line = Readonly<Record<string, unknown>>;

const linesIn = (text: string): readonly Line[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

describe("irqtrace slow", () => {
  test("ends by itself, after the time that was asked for, with what was lost", async () => {
    const started = performance.now();
    const { code, stdout } = await runIrqtrace("slow", "300ms", "--over", "0", "--json");
    expect(code).toBe(0);
    expect(performance.now() - started).toBeWithin(300, 10_000);
    const lines = linesIn(stdout);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.slice(0, -1).every((line) => "durationNs" in line)).toBe(true);
    expect(lines.at(-1)).toMatchObject({ schema: "irqtrace.slow/1", overNs: 0, lost: { bufferFull: 0 } });
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends with what it has and 0 at %s", async (signal) => {
    const child = spawnIrqtrace("slow", "--over", "0", "--json");
    const lines: string[] = [];
    for await (const line of linesOf(child.stdout)) {
      lines.push(line);
      if (lines.length === 1) child.kill(signal);
    }
    expect(await child.exited).toBe(0);
    expect(child.signalCode).toBeNull();
    expect(JSON.parse(lines.at(-1) ?? "")).toHaveProperty("lost");
  });

  test("ends quietly with 0 when nobody reads any more", async () => {
    const child = Bun.spawn(["sh", "-c", `"$0" slow --over 0 | head -n 3; echo`, IRQTRACE], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const { code, stdout, stderr } = await resultOf(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")[0]).toStartWith("time");
  });

  test("leaves nothing in the kernel when it is killed", async () => {
    const child = spawnIrqtrace("slow", "--over", "0", "--json");
    await child.stdout.getReader().read();
    const objects = bpfObjectsOf(child.pid);
    expect(objects.filter((object) => object.startsWith("link")).length).toBeGreaterThan(5);
    child.kill("SIGKILL");
    await child.exited;
    await until(() => survivorsOf(objects).length === 0);
  });

  test("is over the tasks of one cgroup alone, and says which that is", async () => {
    using cgroup = ownCgroup();
    const child = spawnIrqtrace("slow", "--over", "0", "--class", "softirq", "--json", "--cgroup", cgroup.path);
    await until(() => bpfObjectsOf(child.pid).some((object) => object.startsWith("link")));
    await sendUdp(3_000, { cgroup: cgroup.path });
    child.kill("SIGINT");
    const { code, stdout } = await resultOf(child);
    expect(code).toBe(0);
    const events = linesIn(stdout).slice(0, -1);
    expect(events.length).toBeGreaterThan(100);
    expect(new Set(events.map((event) => event["cgroup"]))).toEqual(new Set([cgroup.path.slice(cgroup.mount.length)]));
  });

  test("says on one line where the kernel hides its addresses, and goes on without", async () => {
    const rights = "+bpf,+perfmon";
    const confined = ["setpriv", `--inh-caps=-all,${rights}`, `--bounding-set=-all,${rights}`];
    const words = ["slow", "500ms", "--over", "0", "--stack", "--json", "--class", "softirq"];
    const setting = "/proc/sys/kernel/kptr_restrict";
    const before = readFileSync(setting, "utf8");
    // At 0 it depends on another setting.
    if (before.startsWith("0")) await Bun.write(setting, "1");
    try {
      const child = Bun.spawn([...confined, IRQTRACE, ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
      const { code, stdout, stderr } = await resultOf(child);
      expect(code).toBe(0);
      expect(stderr.split("\n")[0]).toBe(
        "irqtrace: the kernel hides its addresses from this process (kernel.kptr_restrict, CAP_SYSLOG): stacks have no names, and the mode is unknown.",
      );
      const events = linesIn(stdout).slice(0, -1);
      expect(events.length).toBeGreaterThan(5);
      for (const event of events) {
        expect(["unknown", "idle"]).toContain(String(event["mode"]));
        for (const frame of event["stack"] as readonly Line[]) expect(Object.keys(frame)).toEqual(["address"]);
      }
    } finally {
      await Bun.write(setting, before);
    }
  });

  test("refuses with 4 a class that this machine has not, and loads nothing", async () => {
    const other = process.arch === "arm64" ? "nmi" : "ipi";
    const { code, stdout, stderr } = await runIrqtrace("slow", "--class", other);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain(`Cannot trace the class "${other}": this kernel or this architecture has no tracepoints`);
  });

  test("refuses with 3 who may not, and says what to do", async () => {
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--"];
    const child = Bun.spawn([...nobody, IRQTRACE, "slow", "1"], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const { code, stderr } = await resultOf(child);
    expect(code).toBe(3);
    expect(stderr).toContain("CAP_BPF");
    expect(stderr).toContain("sudo");
  });
});
