import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { IRQTRACE, linesOf, resultOf, runIrqtrace, spawnIrqtrace } from "./cli-process.ts";
import { sendUdp } from "./load/loads.ts";

interface WaitingReport {
  readonly rows: readonly {
    readonly name: string;
    readonly count: number;
    readonly histogram?: readonly unknown[];
    readonly latency: { readonly count: number; readonly histogram?: readonly unknown[] };
    readonly unmatchedRaise: number;
    readonly places: Readonly<Record<string, number>>;
  }[];
}

const reportsIn = (stdout: string): readonly WaitingReport[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("irqtrace softirqs", () => {
  test.each(["--latency", "--places", "--places --per-cpu --dist"])(
    "%s tells waits and places in both flavours",
    async (words) => {
      for (const flavour of ["tp_btf", "raw_tp"]) {
        const child = spawnIrqtrace("softirqs", "1", "1", "--json", "--probe", flavour, ...words.split(" "));
        await sendUdp(5_000);
        const { code, stdout, stderr } = await resultOf(child);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        const [{ rows } = { rows: [] }] = reportsIn(stdout);
        expect(rows.length).toBeGreaterThan(0);
        for (const { latency, unmatchedRaise, places, histogram } of rows) {
          const began = Object.values(places).reduce((sum, runs) => sum + runs, 0);
          expect(began).toBe(latency.count + unmatchedRaise);
          expect("inline" in places).toBe(!words.includes("--places"));
          expect(latency.histogram !== undefined).toBe(words.includes("--dist"));
          expect(histogram !== undefined).toBe(words.includes("--dist"));
        }
      }
    },
    60_000,
  );

  test("--places goes on without the kernel's addresses, and says so", async () => {
    const rights = "-syslog,-sys_admin";
    const without = ["setpriv", `--inh-caps=${rights}`, `--bounding-set=${rights}`];
    const addresses = Bun.spawnSync([...without, "head", "-1", "/proc/kallsyms"]).stdout.toString();
    // Where all may use perf, all may see them.
    const isHidden = addresses.startsWith("0000000000000000");
    expect(isHidden).toBe(Number(readFileSync("/proc/sys/kernel/perf_event_paranoid", "utf8")) > 1);
    const words = [IRQTRACE, "softirqs", "200ms", "1", "--json", "--places"];
    const child = Bun.spawn([...without, ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const { code, stdout, stderr } = await resultOf(child);
    expect({ code, says: stderr.includes("CAP_SYSLOG") }).toEqual({ code: 0, says: isHidden });
    for (const { places } of reportsIn(stdout)[0]?.rows ?? []) expect("inline" in places).toBe(isHidden);
  }, 30_000);
});

describe("findings", () => {
  test("are in JSON when asked for, and in no summary otherwise than as lines of their own", async () => {
    const asked = await runIrqtrace("softirqs", "100ms", "1", "--json", "--findings", "--latency");
    expect(JSON.parse(asked.stdout).findings).toBeArray();
    const child = spawnIrqtrace("hardirqs", "-v");
    for await (const line of linesOf(child.stderr)) if (line.includes("map cells")) break;
    await Bun.sleep(300);
    child.kill("SIGINT");
    const stdout = await new Response(child.stdout).text();
    expect(await child.exited).toBe(0);
    const [heading = "", ...lines] = stdout.trimEnd().split("\n");
    expect(heading).toStartWith("hardirq ");
    expect(lines.filter((line) => line.startsWith("finding:") && !line.endsWith("."))).toEqual([]);
  }, 30_000);
});
