import { readFileSync } from "node:fs";
import { alternate, underLoad } from "./alternate.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { Kind } from "./subjects.ts";
import { withBun } from "./with-bun.ts";

/** What irqtrace's own process takes at one interval length. */
export interface UserSpaceCost {
  readonly kind: Kind;
  readonly everyMs: number;
  /** Of one CPU, without what starting takes. */
  readonly cpuPercent: Spread;
  /** Peak, as a multiple of a bare Bun script's. */
  readonly memoryRatio: Spread;
}

/** How many intervals a figure is of at the least, and how many seconds. */
export interface Length {
  readonly intervals: number;
  readonly seconds: number;
}

const INTERVALS_MS = [1_000, 100, 10] as const;
const MICROSECONDS = 1e6;
const LOOK_MS = 20;
/** Does nothing, for long enough to be looked at. */
const BARE = [process.execPath, "--config=/dev/null", "--no-env-file", "-e", "setTimeout(() => {}, 300)"];

/** Traces under load for a while at each interval length, and once for one interval, which is what starting takes. */
export async function measureUserSpace(
  irqtrace: string,
  rounds: number,
  { intervals, seconds }: Length,
): Promise<UserSpaceCost[]> {
  const items = (["hardirqs", "softirqs"] as const).flatMap((kind) =>
    INTERVALS_MS.map((everyMs) => ({ kind, everyMs })),
  );
  const rows = await underLoad(() =>
    alternate(items, rounds, async ({ kind, everyMs }) => {
      const count = Math.max(intervals, Math.ceil((seconds * 1_000) / everyMs));
      const bare = await run(BARE);
      const once = await run([irqtrace, kind, `${everyMs}ms`, "1", "--json"]);
      const long = await run([irqtrace, kind, `${everyMs}ms`, String(count + 1), "--json"]);
      return {
        cpuPercent: (100 * (long.cpuS - once.cpuS)) / ((count * everyMs) / 1_000),
        memoryRatio: long.peakBytes / bare.peakBytes,
      };
    }),
  );
  return items.map((item, index) => ({
    ...item,
    cpuPercent: spreadOf((rows[index] ?? []).map(({ cpuPercent }) => cpuPercent)),
    memoryRatio: spreadOf((rows[index] ?? []).map(({ memoryRatio }) => memoryRatio)),
  }));
}

/** Looks at the peak again and again: what wait4 tells of a child is not below the peak of this process when it forked. */
async function run(command: readonly string[]): Promise<{ cpuS: number; peakBytes: number }> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "ignore", stderr: "inherit", env: withBun() });
  let peakBytes = 0;
  for (; child.exitCode === null; await Bun.sleep(LOOK_MS)) peakBytes = Math.max(peakBytes, peakOf(child.pid));
  if ((await child.exited) !== 0) throw new Error(`"${command.join(" ")}" failed.`);
  const usage = child.resourceUsage();
  if (usage === undefined || peakBytes === 0) throw new Error("There is no account of a process that has ended.");
  return { cpuS: Number(usage.cpuTime.total) / MICROSECONDS, peakBytes };
}

/** The peak of a process's resident memory; 0 once it has none. */
function peakOf(pid: number): number {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes ?? 0) * 1_024;
}
