import { describe, expect, test } from "bun:test";
import packageJson from "../package.json" with { type: "json" };
import { main } from "./main.ts";
import { FakeEnvironment } from "./testing/fake-environment.ts";
import { hardirqEvents, scriptOf, softirqEvents, timed } from "./testing/scripts.ts";

const script = scriptOf(timed(hardirqEvents()));

describe("stderr", () => {
  test("tells how to end on a terminal", async () => {
    const environment = new FakeEnvironment({ script, stderrIsTTY: true });
    await main(["hardirqs", "1", "1"], environment);
    expect(environment.errorText).toBe("Tracing hardirqs... Ctrl-C to end.\n");
  });

  test("stays empty where it is no terminal, even when stdout is one", async () => {
    const environment = new FakeEnvironment({ script, stdout: { isTTY: true, columns: 80 } });
    await main(["hardirqs", "1", "1"], environment);
    expect(environment.errorText).toBe("");
  });

  test("moves the last report of a terminal off the line where it shows ^C", async () => {
    const environment = new FakeEnvironment({ script, stderrIsTTY: true });
    const ended = main(["softirqs"], environment);
    while (!environment.errorText) await Bun.sleep(1);
    environment.send("SIGINT");
    await ended;
    expect(environment.errorText).toBe("Tracing softirqs... Ctrl-C to end.\n\n");
  });

  test("says with --verbose what was loaded", async () => {
    const environment = new FakeEnvironment({ script });
    await main(["hardirqs", "1", "1", "-v"], environment);
    expect(environment.errorText).toBe(
      [
        "irqtrace: libbpf 1.7, /usr/lib/libbpf.so.1 (system)",
        "irqtrace: programs (tp_btf): entry_tp_btf, exit_tp_btf",
        "irqtrace: map cells: 64 entries, 9216 bytes",
        "",
      ].join("\n"),
    );
  });

  test("gets libbpf's messages with --verbose, and none without", async () => {
    const verbose = new FakeEnvironment({ script });
    await main(["hardirqs", "1", "1", "--verbose"], verbose);
    verbose.opened[0]?.options.log?.("libbpf: loading \u001b[31mcells\n");
    expect(verbose.errorText).toEndWith("libbpf: loading \\x1b[31mcells\n");
    const quiet = new FakeEnvironment({ script });
    await main(["hardirqs", "1", "1"], quiet);
    expect(quiet.opened[0]?.options.log).toBeUndefined();
  });
});

describe("--class and --self", () => {
  const optionsOf = async (words: string): Promise<unknown> => {
    const environment = new FakeEnvironment({ script });
    expect(await main(words.split(" "), environment)).toBe(0);
    return environment.opened[0]?.options;
  };

  test("ask the tracer for classes, each once, and for exclusive times", async () => {
    expect(await optionsOf("hardirqs 1 1 --class nmi,device,nmi --self")).toMatchObject({
      classes: ["device", "nmi"],
      self: true,
    });
    expect(await optionsOf("hardirqs 1 1")).toMatchObject({ classes: undefined, self: false });
  });

  test("ask for what the kernel has when all classes are meant, also by their names", async () => {
    for (const list of ["all", "device,vector,ipi,nmi"])
      expect(await optionsOf(`hardirqs 1 1 --class ${list}`)).toMatchObject({ classes: "all" });
  });

  test("say with --verbose which tracepoints this kernel lacks", async () => {
    const absentTracepoints = ["ipi_entry", "ipi_exit"];
    const environment = new FakeEnvironment({ script, absentTracepoints });
    await main(["hardirqs", "1", "1", "--class", "all", "-v"], environment);
    expect(environment.errorText).toContain("irqtrace: this kernel has no tracepoint ipi_entry, ipi_exit\n");
  });
});

describe("--latency and --places", () => {
  const optionsOf = async (words: string): Promise<object | undefined> => {
    const environment = new FakeEnvironment({ script });
    expect(await main(["softirqs", "1", "1", ...words.split(" ").filter(Boolean)], environment)).toBe(0);
    expect(environment.errorText).toBe("");
    return environment.opened[0]?.options;
  };

  test("ask the tracer for waits, and for places by the stack; without them it is asked for neither", async () => {
    expect(await optionsOf("--latency")).toMatchObject({ latency: true, places: undefined });
    expect(await optionsOf("--places")).toMatchObject({ latency: true, places: "stack" });
    expect(await optionsOf("")).toMatchObject({ latency: false, places: undefined });
  });

  test("what the tracer cannot tell here is said on a line of its own, and the trace goes on", async () => {
    const environment = new FakeEnvironment({ script, notes: ["No addresses \u001b[31mhere."] });
    expect(await main(["softirqs", "1", "1", "--places"], environment)).toBe(0);
    expect(environment.errorText).toBe("irqtrace: No addresses \\x1b[31mhere.\n");
    expect(environment.outputText).not.toBe("");
  });
});

describe("--cost", () => {
  test("asks the tracer for the cost of its programs", async () => {
    const environment = new FakeEnvironment({ script });
    expect(await main(["softirqs", "1", "1", "--cost"], environment)).toBe(0);
    expect(environment.opened[0]?.options.cost).toBe(true);
    expect(environment.errorText).toBe("");
  });

  test("that the kernel refuses is one line, and the trace goes on with what the process takes", async () => {
    const statisticsRefusal = "Cannot switch it on: \u001b[31mno. Become root.";
    const environment = new FakeEnvironment({ script, statisticsRefusal });
    expect(await main(["softirqs", "1", "1", "--cost"], environment)).toBe(0);
    expect(environment.opened[0]?.options.cost).toBeUndefined();
    expect(environment.errorText).toBe(
      "irqtrace: --cost without the programs: Cannot switch it on: \\x1b[31mno. Become root.\n",
    );
    expect(environment.outputText).toEndWith("\ncost: irqtrace itself 0.50 % of a CPU and 61 MB\n");
  });
});

describe("the tracer", () => {
  const optionsOf = async (...words: readonly string[]): Promise<unknown> => {
    const environment = new FakeEnvironment({ script });
    expect(await main([...words, "1", "1"], environment)).toBe(0);
    return environment.opened;
  };

  test("gets the filters, which work in the kernel", async () => {
    expect(await optionsOf("softirqs", "--cpu", "0-1,3", "-c", "/web.slice", "--per-cpu", "--probe", "raw_tp")).toEqual(
      [
        {
          command: "softirqs",
          options: {
            measure: "time",
            perCpu: true,
            classes: undefined,
            self: false,
            latency: false,
            cpus: [0, 1, 3],
            cgroup: "/web.slice",
            flavour: "raw_tp",
            log: undefined,
          },
        },
      ],
    );
  });

  test("is left at its defaults without options", async () => {
    expect(await optionsOf("hardirqs")).toEqual([
      {
        command: "hardirqs",
        options: {
          measure: "time",
          perCpu: false,
          classes: undefined,
          self: false,
          latency: false,
          cpus: undefined,
          cgroup: undefined,
          flavour: undefined,
          log: undefined,
        },
      },
    ]);
  });

  test("reads no clock with --count", async () => {
    expect(await optionsOf("hardirqs", "-C")).toMatchObject([{ options: { measure: "count" } }]);
  });
});

describe("stdout", () => {
  test("has the version, and libbpf's, for -V and --version, of the program and of its commands", async () => {
    for (const words of [["-V"], ["--version"], ["hardirqs", "-V"], ["softirqs", "--version"]]) {
      const environment = new FakeEnvironment({ script });
      expect(await main(words, environment)).toBe(0);
      expect(environment.outputText).toBe(`${packageJson.version}\nlibbpf 1.7, /usr/lib/libbpf.so.1 (system)\n`);
      expect(environment.opened).toEqual([]);
    }
  });

  test("has the version also where there is no libbpf", async () => {
    const environment = new FakeEnvironment({ script, hasNoLibbpf: true });
    expect(await main(["--version"], environment)).toBe(0);
    expect(environment.outputText).toBe(`${packageJson.version}\nno libbpf: There is no\\x1b[31m file.\n`);
  });

  test("never has a control sequence, on a terminal of any width", async () => {
    for (const columns of [undefined, 1, 20, 80, 300]) {
      for (const format of ["table", "json", "csv"]) {
        const environment = new FakeEnvironment({
          script: scriptOf(timed(softirqEvents())),
          stdout: { isTTY: true, columns },
          stderrIsTTY: true,
        });
        expect(await main(["softirqs", "1", "2", "--format", format], environment)).toBe(0);
        expect(environment.outputText).toMatch(/^(\P{Cc}|\n)+$/u);
      }
    }
  });

  test("gets each report in one piece, whole lines, as soon as it is there", async () => {
    for (const format of ["table", "json", "csv"]) {
      const environment = new FakeEnvironment({ script });
      await main(["hardirqs", "1", "2", "--format", format], environment);
      expect(environment.reports).toHaveLength(2);
      for (const report of environment.reports) expect(report).toEndWith("\n");
    }
  });

  test("has lines of a terminal's width at most, as long as columns can be spared", async () => {
    for (let columns = 50; columns < 140; columns++) {
      const environment = new FakeEnvironment({ script, stdout: { isTTY: true, columns } });
      await main(["hardirqs", "1", "1"], environment);
      for (const line of environment.outputText.split("\n"))
        expect(line.length).toBeLessThanOrEqual(Math.max(columns, 51));
    }
  });
});
