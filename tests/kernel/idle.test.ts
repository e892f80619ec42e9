import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { bpfObjectsOf, spawnIrqtrace, until } from "./cli-process.ts";

/** Of a process, in ticks of 10 ms. */
function cpuTicks(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return Number(afterName[11]) + Number(afterName[12]);
}

test.each(["hardirqs", "hardirqs --count", "softirqs --latency", "victims", "slow", "softirqs 1000"])(
  "irqtrace %s leaves the CPU to others while it waits for Ctrl-C",
  async (words) => {
    const child = spawnIrqtrace(...words.split(" "));
    await until(() => bpfObjectsOf(child.pid).some((object) => object.startsWith("link ")));
    await Bun.sleep(500); // what starting takes
    const before = cpuTicks(child.pid);
    await Bun.sleep(1_000);
    const ticks = cpuTicks(child.pid) - before;
    child.kill("SIGINT");
    expect(await child.exited).toBe(0);
    // A ring is looked at a hundred times a second; a loop that waits for nothing takes all 100.
    expect(ticks).toBeLessThan(30);
  },
  30_000,
);
