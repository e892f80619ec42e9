import { describe, expect, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { possibleCpus } from "@irqtrace/loader";
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
import { DiskFile, sendUdp } from "./load/loads.ts";

const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--"];
const COMMANDS = ["hardirqs", "softirqs"] as const;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface Report {
  readonly schema: string;
  readonly intervalNs: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

function reportsIn(text: string): readonly Report[] {
  expect(text).toEndWith("\n");
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe.each(COMMANDS)("irqtrace %s", (command) => {
  test("prints as many reports as asked for, of the length asked for", async () => {
    const { code, stdout, stderr } = await runIrqtrace(command, "200ms", "3", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const reports = reportsIn(stdout);
    expect(reports.map(({ schema }) => schema)).toEqual(Array(3).fill(`irqtrace.${command}/1`));
    for (const { intervalNs } of reports) expect(Math.abs(intervalNs - 200e6)).toBeLessThan(100e6);
  });

  test.each(SIGNALS)("ends with the partial report and 0 at %s", async (signal) => {
    const child = spawnIrqtrace(command, "0.3", "--json");
    const lines: string[] = [];
    for await (const line of linesOf(child.stdout)) {
      lines.push(line);
      if (lines.length === 2) child.kill(signal);
    }
    expect(await child.exited).toBe(0);
    expect(child.signalCode).toBeNull();
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[2] ?? "").intervalNs).toBeLessThan(200e6);
    expect(await new Response(child.stderr).text()).toBe("");
  });

  test.each(SIGNALS)("without an interval ends with one summary and 0 at %s", async (signal) => {
    const child = spawnIrqtrace(command, "--json");
    await until(() => bpfObjectsOf(child.pid).some((object) => object.startsWith("link")));
    await Bun.sleep(300);
    child.kill(signal);
    const { code, stdout, stderr } = await resultOf(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const reports = reportsIn(stdout);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.intervalNs).toBeGreaterThan(250e6);
  });

  test.each(["", "--json", "--format=csv", "--dist"])(
    "ends quietly with 0 behind a closed pipe (%s)",
    async (format) => {
      const script = `${IRQTRACE} ${command} 50ms ${format} | head -n 3; echo "\${PIPESTATUS[0]}"`;
      const child = Bun.spawn(["bash", "-c", script], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
      const { code, stdout, stderr } = await resultOf(child);
      expect({ code, stderr, status: stdout.trimEnd().split("\n").at(-1) }).toEqual({
        code: 0,
        stderr: "",
        status: "0",
      });
    },
  );

  test("as nobody ends with 3, names what is missing and prints the command that works", async () => {
    const child = Bun.spawn([...NOBODY, IRQTRACE, command, "0.05", "1", "--name", "*", "--json"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const { code, stdout, stderr } = await resultOf(child);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("CAP_BPF and CAP_PERFMON are missing");
    const advised = /^ {2}sudo (.*)$/m.exec(stderr)?.[1] ?? "";
    const asRoot = Bun.spawnSync(["sh", "-c", advised]);
    expect(asRoot.exitCode).toBe(0);
    expect(reportsIn(asRoot.stdout.toString())).toHaveLength(1);
  });

  test("tells what tracing cost, and without CAP_SYS_ADMIN what it takes itself", async () => {
    const costOf = (stdout: string): Record<string, number | null> => JSON.parse(stdout).cost;
    const words = [command, "200ms", "1", "--json", "--cost"];
    using file = new DiskFile();
    // Both kinds of interrupt, for longer than it takes to start.
    const [full] = await Promise.all([runIrqtrace(...words), file.read(20_000)]);
    expect({ code: full.code, stderr: full.stderr }).toEqual({ code: 0, stderr: "" });
    expect(costOf(full.stdout)["runTimeNs"]).toBeGreaterThan(0);
    expect(costOf(full.stdout)["runCount"]).toBeGreaterThan(0);
    const rights = "-all,+bpf,+perfmon";
    const setpriv = ["setpriv", `--inh-caps=${rights}`, `--bounding-set=${rights}`];
    const child = Bun.spawn([...setpriv, IRQTRACE, ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const { code, stdout, stderr } = await resultOf(child);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^irqtrace: --cost without the programs: .*CAP_SYS_ADMIN.*\n$/);
    expect(costOf(stdout)).toMatchObject({ runTimeNs: null, runCount: null });
    expect(costOf(stdout)["processCpuNs"]).toBeGreaterThan(0);
    expect(costOf(stdout)["processMemoryBytes"]).toBeGreaterThan(10e6);
  });

  test("as nobody answers help, version and wrong usage as it does root", async () => {
    for (const [word, code] of [
      ["--help", 0],
      ["--version", 0],
      ["abc", 2],
    ] as const) {
      expect(Bun.spawnSync([...NOBODY, IRQTRACE, command, word]).exitCode).toBe(code);
    }
  });

  test("leaves nothing in the kernel, even killed", async () => {
    const child = spawnIrqtrace(command, "0.05");
    await until(() => bpfObjectsOf(child.pid).some((object) => object.startsWith("link")));
    const objects = bpfObjectsOf(child.pid);
    expect(objects.some((object) => object.startsWith("prog"))).toBe(true);
    expect(objects.some((object) => object.startsWith("map"))).toBe(true);
    expect(survivorsOf(objects)).toEqual(objects);
    child.kill("SIGKILL");
    await child.exited;
    // The kernel frees them after a grace period.
    await until(() => survivorsOf(objects).length === 0);
  });

  test("prints both flavours' reports in every format with every option", async () => {
    for (const options of [
      "--json",
      "--json --dist --per-cpu",
      "--json --count --per-cpu",
      "--json --cost",
      "--count --cost --top 1",
      "--format csv -d",
      "-C -T",
      "-dN --utc",
      "--top 1 --sort name",
    ]) {
      for (const flavour of ["tp_btf", "raw_tp"]) {
        const { code, stdout, stderr } = await runIrqtrace(
          command,
          "20ms",
          "2",
          ...options.split(" "),
          "--probe",
          flavour,
        );
        expect({ options, flavour, code, stderr }).toEqual({ options, flavour, code: 0, stderr: "" });
        expect(stdout).toEndWith("\n");
        if (options.includes("json")) expect(reportsIn(stdout)).toHaveLength(2);
      }
    }
  });
});

describe("a reader that stands still", () => {
  /** A pipe that this process holds open without reading. */
  interface FullPipe {
    readonly path: string;
    /** Lets the pipe end where its writers and readers do. */
    close(): void;
  }

  /** Starts irqtrace into a pipe that nobody reads, and waits until the pipe is full. */
  async function spawnIntoFullPipe(run: (child: Bun.Subprocess, pipe: FullPipe) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "irqtrace-cli-"));
    const path = join(folder, "pipe");
    Bun.spawnSync(["mkfifo", path]);
    let unread = openSync(path, constants.O_RDWR);
    const close = (): void => {
      if (unread >= 0) closeSync(unread);
      unread = -1;
    };
    try {
      const child = Bun.spawn([IRQTRACE, "softirqs", "10ms", "--json", "--dist", "--per-cpu"], {
        stdin: "ignore",
        stdout: unread,
        stderr: "inherit",
      });
      await until(() => waitsOf(child.pid).includes("pipe_write"));
      await run(child, { path, close });
    } finally {
      close();
      rmSync(folder, { recursive: true });
    }
  }

  /** What the threads of a process wait for in the kernel. */
  function waitsOf(pid: number): string {
    return Bun.spawnSync(["sh", "-c", `cat /proc/${pid}/task/*/wchan`]).stdout.toString();
  }

  test("does not keep the programs attached after SIGTERM, and gets the partial report when it reads on", async () => {
    await spawnIntoFullPipe(async (child, pipe) => {
      expect(bpfObjectsOf(child.pid)).not.toEqual([]);
      child.kill("SIGTERM");
      await until(() => bpfObjectsOf(child.pid).length === 0);
      expect(child.exitCode).toBeNull();
      const reader = Bun.spawn(["cat", pipe.path], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
      expect(await child.exited).toBe(0);
      pipe.close();
      const { stdout } = await resultOf(reader);
      expect(reportsIn(stdout).length).toBeGreaterThan(1);
    });
  });

  test("is left with 130 at the second Ctrl-C", async () => {
    await spawnIntoFullPipe(async (child) => {
      child.kill("SIGINT");
      await until(() => bpfObjectsOf(child.pid).length === 0);
      expect(child.exitCode).toBeNull();
      // Nobody presses a key twice within less.
      await Bun.sleep(150);
      child.kill("SIGINT");
      expect(await child.exited).toBe(130);
    });
  });

  test("makes the process wait, not grow", async () => {
    await spawnIntoFullPipe(async (child) => {
      const residentKiB = (): number =>
        Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]);
      const before = residentKiB();
      await Bun.sleep(2_000);
      expect(residentKiB() - before).toBeLessThan(4_096);
      child.kill("SIGKILL");
      await child.exited;
    });
  });
});

describe("a terminal", () => {
  async function runOnTerminal(
    command: readonly string[],
    columns: number,
    end: (child: Bun.Subprocess, terminal: Bun.Terminal) => void,
  ): Promise<{ code: number; text: string }> {
    let text = "";
    const child = Bun.spawn([...command], {
      terminal: {
        cols: columns,
        rows: 24,
        data: (_, data) => {
          text += new TextDecoder().decode(data);
        },
      },
    });
    await until(() => text.includes("\r\n\r\n"));
    const { terminal } = child;
    if (terminal === undefined) throw new Error("There is no terminal.");
    end(child, terminal);
    const code = await child.exited;
    // What the process wrote last may still be on its way.
    await Bun.sleep(100);
    return { code, text };
  }

  test("is told how to end, and Ctrl-C ends with the partial report", async () => {
    const { code, text } = await runOnTerminal(
      [IRQTRACE, "softirqs", "0.2"],
      70,
      (_, terminal) => void terminal.write("\x03"),
    );
    expect(code).toBe(0);
    const [first, ...lines] = text.split("\r\n");
    expect(first).toBe("Tracing softirqs... Ctrl-C to end.");
    expect(lines.filter((line) => line.startsWith("softirq ")).length).toBeGreaterThanOrEqual(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(70);
    expect(lines.filter((line) => line.includes("^C"))).toEqual(["^C"]);
    expect(text).not.toContain("\u001b");
  });

  test("whose Ctrl-C arrives twice, as below bun run and bunx, ends with the partial report all the same", async () => {
    const folder = mkdtempSync(join(tmpdir(), "irqtrace-cli-"));
    try {
      await Bun.write(join(folder, "package.json"), JSON.stringify({ scripts: { trace: `${IRQTRACE} softirqs 0.2` } }));
      const words = ["run", "--cwd", folder, "trace"];
      const { code, text } = await runOnTerminal(
        [process.execPath, ...words],
        80,
        (_, terminal) => void terminal.write("\x03"),
      );
      expect(code).toBe(0);
      expect(text.slice(text.indexOf("^C"))).toContain("softirq ");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("that is closed ends the trace with 0", async () => {
    const { code } = await runOnTerminal([IRQTRACE, "softirqs", "0.1"], 80, (_, terminal) => terminal.close());
    expect(code).toBe(0);
  });
});

describe("filters", () => {
  test("take the CPUs that are named alone", async () => {
    const cpu = possibleCpus().at(-1) ?? 0;
    const [{ code, stdout }] = await Promise.all([
      runIrqtrace("softirqs", "0.5", "1", "--json", "--per-cpu", "--cpu", String(cpu)),
      Bun.sleep(100).then(() => sendUdp(20_000, { cpu })),
    ]);
    expect(code).toBe(0);
    const rows = reportsIn(stdout).flatMap((report) => report.rows);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row["cpu"]).toBe(cpu);
  });

  test("take the names that match alone", async () => {
    const [{ stdout }] = await Promise.all([
      runIrqtrace("softirqs", "0.5", "1", "--json", "--name", "net_[rt]x"),
      Bun.sleep(100).then(() => sendUdp(20_000)),
    ]);
    const names = reportsIn(stdout).flatMap((report) => report.rows.map((row) => row["name"]));
    expect(names).toContain("net_rx");
    for (const name of names) expect(["net_rx", "net_tx"]).toContain(name as string);
  });

  test("refuse what is not there with 2 before anything is loaded", async () => {
    for (const [option, value] of [
      ["--cgroup", "/no/such.slice"],
      ["--cpu", "8000"],
    ] as const) {
      const { code, stdout, stderr } = await runIrqtrace("hardirqs", "1", option, value);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(option);
      expect(stderr).toContain(value);
    }
  });

  test("find that a machine without cgroup v2 cannot filter by one", async () => {
    const unmount = `sed -n 's/^[^ ]* \\([^ ]*\\) cgroup2 .*/\\1/p' /proc/self/mounts | xargs -r umount --lazy`;
    const hide = ["unshare", "--mount", "--propagation=private", "sh", "-c", `${unmount}; exec "$@"`, "sh"];
    const child = Bun.spawn([...hide, IRQTRACE, "softirqs", "0.05", "1", "--cgroup", "/"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await resultOf(child)).toEqual({
      code: 4,
      stdout: "",
      stderr: expect.stringContaining("cgroup v2 is not mounted here. Mount it: mount -t cgroup2"),
    });
  });

  test("take a cgroup as a path from where the user stands", async () => {
    const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(readFileSync("/proc/self/mountinfo", "utf8"))?.[1];
    const child = Bun.spawn([resolve(IRQTRACE), "softirqs", "0.05", "1", "--json", "--cgroup", "."], {
      cwd: mount ?? "/",
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const { code, stderr } = await resultOf(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

test("--verbose says all it has to say, however soon the trace ends", async () => {
  for (let run = 0; run < 5; run++) {
    const { code, stderr } = await runIrqtrace("softirqs", "10ms", "1", "-v");
    expect(code).toBe(0);
    expect(stderr).toContain("map vectors: 10 entries");
    expect(stderr).toEndWith("bytes\n");
  }
});
