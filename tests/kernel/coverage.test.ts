import { describe, expect, test } from "bun:test";
import { type Coverage, type CoverageLine, lineShare, measureCoverage } from "@irqtrace/interrupts";
import { FLAVOURS } from "@irqtrace/tracer";
import { runIrqtrace } from "./cli-process.ts";
import { DiskFile, sendUdp, spawnAt } from "./load/loads.ts";
import { Pid1Events } from "./pid1-events.ts";

const HAS_VECTORS = process.arch === "x64";
const DURATION_MS = 2_000;
/** Events that end what the lines of a group count, as tracefs has them. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  devices: ["irq/irq_handler_exit"],
  softirqs: ["irq/softirq_exit"],
  ...(HAS_VECTORS
    ? {
        LOC: ["irq_vectors/local_timer_exit"],
        RES: ["irq_vectors/reschedule_exit"],
        CAL: ["irq_vectors/call_function_exit", "irq_vectors/call_function_single_exit"],
        IWI: ["irq_vectors/irq_work_exit"],
      }
    : {}),
};

const groupOf = ({ file, label }: CoverageLine): string =>
  file === "softirqs" ? file : /^\d+$/.test(label) ? "devices" : label;

/** How many events of each group ran over a thread of PID 1, where some kernels run no program. */
async function overPid1(during: () => Promise<Coverage>): Promise<readonly [Coverage, ReadonlyMap<string, number>]> {
  const counters = await Promise.all(
    Object.entries(GROUPS).flatMap(([group, events]) =>
      events.map(async (event) => ({ group, counter: await Pid1Events.count(event) })),
    ),
  );
  try {
    const coverage = await during();
    const totals = new Map<string, number>();
    for (const { group, counter } of counters) totals.set(group, (totals.get(group) ?? 0) + (await counter.total()));
    return [coverage, totals];
  } finally {
    for (const { counter } of counters) await counter[Symbol.asyncDispose]();
  }
}

async function coverUnderLoad(flavour: (typeof FLAVOURS)[number]): Promise<Coverage> {
  using file = new DiskFile();
  const load = Promise.all([sendUdp(50_000), file.read(5_000)]);
  const coverage = await measureCoverage({ durationMs: DURATION_MS, flavour });
  await load;
  return coverage;
}

describe.each([...FLAVOURS])("coverage by %s programs", (flavour) => {
  test("is all that the kernel counts, less what ran over PID 1", async () => {
    const [coverage, tolerated] = await overPid1(() => coverUnderLoad(flavour));
    const seen = coverage.lines.filter(({ traced, most }) => traced !== null && most > 0);
    for (const [group, lines] of Map.groupBy(seen, groupOf)) {
      const shares = lines.map(lineShare);
      const missing = shares.reduce((sum, { counted, traced }) => sum + counted - traced, 0);
      const counted = shares.reduce((sum, share) => sum + share.counted, 0);
      console.log(`  ${group}: ${missing} of ${counted} missing, ${tolerated.get(group)} over PID 1`);
      // One may be under way on each CPU at each reading: counted by the kernel, not yet by a program.
      const underWay = 2 * navigator.hardwareConcurrency;
      expect([group, missing]).toEqual([group, Math.min(missing, (tolerated.get(group) ?? 0) + underWay)]);
    }
    expect(coverage.lost).toEqual({ tableFull: 0, recursionMisses: 0 });
    expect(coverage.interrupts.traced / coverage.interrupts.counted).toBeGreaterThan(0.95);
    expect(coverage.softirqs.traced / coverage.softirqs.counted).toBeGreaterThan(0.95);
  }, 60_000);
});

test("irqtrace coverage names the lines that nothing can be seen of, and ends by itself", async () => {
  const { code, stdout, stderr } = await runIrqtrace("coverage", "200ms", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { schema, lines }: { schema: string; lines: readonly CoverageLine[] } = JSON.parse(stdout);
  expect(schema).toBe("irqtrace.coverage/1");
  for (const { traced, reason } of lines) expect(reason === null).toBe(traced !== null);
  if (HAS_VECTORS)
    expect(lines.find(({ label }) => label === "PIN")?.reason).toBe("the kernel has no tracepoint for it");
});

/** For two seconds one CPU wakes a reader on another that is busy with less, and has to tell it: reschedule. */
const WAKE_ACROSS_CPUS = [
  "timeout 2 taskset -c 1 nice -n 19 sh -c 'while :; do :; done' &",
  "timeout 2 taskset -c 0 sh -c 'while echo; do :; done' | timeout 2 taskset -c 1 cat > /dev/null; wait",
].join(" ");

test.skipIf(!HAS_VECTORS)("irqtrace hardirqs --class all prints timers and what CPUs send each other", async () => {
  const load = spawnAt(["sh", "-c", WAKE_ACROSS_CPUS]);
  const { code, stdout } = await runIrqtrace("hardirqs", "1", "1", "--class", "all", "--json");
  await load.exited;
  expect(code).toBe(0);
  const rows: readonly { class: string; name: string }[] = JSON.parse(stdout).rows;
  const names = rows.filter((row) => row.class === "vector").map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["local_timer", "reschedule"]));
});

test("a class that this kernel lacks ends with 4 where it is named", async () => {
  const absent = HAS_VECTORS ? "ipi" : "vector";
  const { code, stdout, stderr } = await runIrqtrace("hardirqs", "1", "1", "--class", absent);
  expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
  expect(stderr).toContain(`Cannot trace "class ${absent}": only ${HAS_VECTORS ? "arm64" : "x64"} has it`);
});
