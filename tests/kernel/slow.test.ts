import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { type SlowEvent, type SlowLost, type SlowOptions, traceSlow } from "@irqtrace/interrupts";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { FLAVOURS } from "@irqtrace/tracer";
import { DiskFile, sendUdp, spawnAt, udpCommand } from "./load/loads.ts";
import { ownCgroup } from "./own-cgroup.ts";

// Loads take their time on a busy machine.
setDefaultTimeout(60_000);

const PLENTY = 1_000_000_000;

interface Outcome {
  readonly events: readonly SlowEvent[];
  readonly lost: SlowLost;
}

/** Traces while something happens, and to the last event of it. */
async function during(options: SlowOptions, work: () => Promise<unknown>): Promise<Outcome> {
  using tracer = traceSlow(options);
  const abort = new AbortController();
  const worked = work().finally(() => abort.abort());
  const events: SlowEvent[] = [];
  for await (const batch of tracer.batches({ signal: abort.signal })) events.push(...batch.events);
  await worked;
  return { events, lost: tracer.lost() };
}

const share = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.length === 0 ? 0 : items.filter(holds).length / items.length;

describe.each([...FLAVOURS])("with %s programs", (flavour) => {
  test("what runs in a task's own call is over this task, in the kernel, with the way there", async () => {
    let pid = 0;
    const { events } = await during({ flavour, overNs: 1_000, classes: ["softirq"], stack: true }, async () => {
      const load = spawnAt(udpCommand(20_000), { cpu: 1 });
      pid = load.pid;
      await load.exited;
    });
    const netRx = events.filter(({ name, task }) => name === "net_rx" && task.pid === pid);
    expect(netRx.length).toBeGreaterThan(50);
    expect(netRx.every(({ cpu, vector, durationNs }) => cpu === 1 && vector === 3 && durationNs >= 1_000)).toBe(true);
    expect(share(netRx, ({ mode }) => mode === "kernel")).toBeGreaterThan(0.95);
    const symbols = netRx[0]?.stack?.map(({ symbol }) => symbol) ?? [];
    expect(symbols).toContain("__local_bh_enable_ip");
    expect(symbols.filter((symbol) => symbol === null || /^(bpf_|__traceiter)/.test(symbol))).toEqual([]);
  });

  test("device handlers have their irq and name, and the time at which they ended", async () => {
    using file = new DiskFile();
    const startedMs = Date.now();
    const { events } = await during({ flavour, overNs: 0, classes: ["device"] }, () => file.read(500));
    expect(events.length).toBeGreaterThan(100);
    expect(new Set(events.map((event) => event.class))).toEqual(new Set(["device"]));
    expect(events.some(({ name, irq = 0 }) => name.startsWith("virtio") && irq > 0)).toBe(true);
    for (const { unixMs } of events) expect(unixMs).toBeWithin(startedMs - 2, Date.now() + 2);
  });
});

/** Sets timers to one instant, and computes until then, before everybody else who wants the CPU. */
async function expireTimers(): Promise<number> {
  const script = join(import.meta.dir, "load/expire-timers.ts");
  const load = spawnAt(["chrt", "-f", "10", "prlimit", "--nofile=8192", process.execPath, script, "6000"], { cpu: 1 });
  expect(await load.exited).toBe(0);
  return load.pid;
}

test("timers that expire at once make one run of the timer interrupt long, over the task that computes", async () => {
  // arm64's timer is a device.
  const classes = [process.arch === "arm64" ? "device" : "vector"] as const;
  const pids = new Set<number>();
  const { events } = await during({ overNs: 200_000, classes, stack: true, cpus: [1] }, async () => {
    for (let round = 0; round < 2; round++) pids.add(await expireTimers());
  });
  const over = events.filter(({ task }) => pids.has(task.pid));
  expect(over.length).toBeGreaterThan(0);
  expect(over.map(({ mode }) => mode)).toContain("user");
  for (const { cpu, task, durationNs, stack = [] } of over) {
    expect({ cpu, tid: task.tid }).toEqual({ cpu: 1, tid: task.pid });
    expect(durationNs).toBeWithin(200_000, 1_000_000_000);
    expect(stack.length).toBeGreaterThan(0);
  }
});

test("a flood of short events does not hide a long one", async () => {
  const classes = ["softirq", process.arch === "arm64" ? "device" : "vector"] as const;
  const flood = spawnAt(udpCommand(PLENTY), { cpu: 1 });
  try {
    const { events, lost } = await during({ overNs: 500, classes, cpus: [1], eventLimit: 64 }, expireTimers);
    expect(lost.suppressed).toBeGreaterThan(1_000);
    expect(Math.max(...events.map(({ durationNs }) => durationNs))).toBeGreaterThan(200_000);
  } finally {
    flood.kill();
    await flood.exited;
  }
});

describe("what was interrupted", () => {
  const classes = [process.arch === "arm64" ? "device" : "vector"] as const;
  const Enough = 30;
  /** Interrupts of the timer over a command on a CPU of its own; it may have to share it with others. */
  const ticksOver = async (command: readonly string[]): Promise<readonly SlowEvent[]> => {
    using tracer = traceSlow({ overNs: 0, classes, cpus: [1] });
    const load = spawnAt(command, { cpu: 1 });
    const ticks: SlowEvent[] = [];
    try {
      for await (const { events } of tracer.batches()) {
        ticks.push(...events.filter(({ task, name }) => task.pid === load.pid && /timer/.test(name)));
        if (ticks.length >= Enough) break;
      }
    } finally {
      load.kill();
      await load.exited;
    }
    return ticks;
  };

  test("is user code where that spins", async () => {
    const ticks = await ticksOver(["sh", "-c", "while :; do :; done"]);
    expect(share(ticks, ({ mode }) => mode === "user")).toBeGreaterThan(0.9);
  });

  test("is the kernel where a system call takes long", async () => {
    const ticks = await ticksOver(["dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "status=none"]);
    expect(share(ticks, ({ mode }) => mode === "kernel")).toBeGreaterThan(0.9);
  });

  test("is nothing where the CPU idles", async () => {
    const idleTicks = (): number => Number(/^cpu +\d+ \d+ \d+ (\d+)/.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    const before = idleTicks();
    const { events } = await during({ overNs: 0 }, async () => {
      // A machine that others keep busy may not idle at all.
      for (const end = performance.now() + 10_000; performance.now() < end && idleTicks() < before + 20; )
        await Bun.sleep(20);
    });
    const idle = events.filter(({ task }) => task.tid === 0);
    if (idleTicks() >= before + 20) expect(idle.length).toBeGreaterThan(0);
    expect(idle.every(({ mode, task }) => mode === "idle" && task.comm.startsWith("swapper/"))).toBe(true);
  });
});

test("a threshold is kept: nothing below it is reported, and everything above it is", async () => {
  const overNs = 4_096;
  // The programs of one run within the time that the other measures, and are themselves interrupted.
  const slackNs = 20_000;
  // In a cgroup of our own, because others may use the network meanwhile.
  using cgroup = ownCgroup();
  const settings: SlowOptions = { classes: ["softirq"], eventLimit: 1_000_000, cgroup: cgroup.path };
  let some: Outcome | undefined;
  const all = await during({ ...settings, overNs: 0 }, async () => {
    some = await during({ ...settings, overNs }, () => sendUdp(3_000, { cgroup: cgroup.path }));
    await Bun.sleep(20);
  });
  expect([all.lost, some?.lost]).toMatchObject(Array(2).fill({ suppressed: 0, bufferFull: 0 }));
  const reported = some?.events ?? [];
  expect(reported.every(({ durationNs }) => durationNs >= overNs)).toBe(true);
  const [first, last] = [reported[0]?.bootNs ?? 0n, reported.at(-1)?.bootNs ?? 0n];
  const above = all.events.filter(
    ({ durationNs, bootNs }) => durationNs >= overNs + slackNs && bootNs > first && bootNs < last,
  );
  const missing = above.filter(
    ({ cpu, vector, bootNs }) =>
      !reported.some((event) => {
        const apartNs = Number(event.bootNs - bootNs);
        return event.cpu === cpu && event.vector === vector && Math.abs(apartNs) < 1_000_000;
      }),
  );
  expect(reported.length).toBeGreaterThan(0);
  expect(all.events.length).toBeGreaterThan(2_000);
  expect(missing).toEqual([]);
});

test("the wait of a softirq is told apart from its run", async () => {
  const { events, lost } = await during({ overNs: 0, classes: ["raise"] }, () => sendUdp(5_000));
  expect(events.length).toBeGreaterThan(500);
  expect(events.every((event) => event.class === "raise" && event.vector !== undefined)).toBe(true);
  expect(events.some(({ name }) => name === "net_rx")).toBe(true);
  expect(lost.unmatched).toBe(0);
  // Raised again before they ran, or raised before the trace began.
  expect(lost.unmatchedRaise).toBeLessThan(0.02 * (events.length + lost.suppressed) + 50);
});

describe("a threshold of 0 under a storm", () => {
  /** Loads that go on until they are stopped. */
  function storm(file: DiskFile): AsyncDisposable {
    const loads = [spawnAt(udpCommand(PLENTY)), spawnAt(udpCommand(PLENTY)), spawnAt(file.readCommand(PLENTY))];
    return {
      async [Symbol.asyncDispose]() {
        for (const load of loads) load.kill();
        await Promise.all(loads.map((load) => load.exited));
      },
    };
  }

  /** By how many milliseconds timers of this thread are late. */
  async function latenessUntil(end: number): Promise<{ readonly median: number; readonly longest: number }> {
    const late: number[] = [];
    while (performance.now() < end) {
      const due = performance.now() + 10;
      await Bun.sleep(10);
      late.push(performance.now() - due);
    }
    late.sort((one, other) => one - other);
    return { median: late[Math.floor(late.length / 2)] ?? Number.NaN, longest: late.at(-1) ?? Number.NaN };
  }

  test("leaves the machine responsive, and every event is reported or counted", async () => {
    using file = new DiskFile();
    await using _loads = storm(file);
    using hardirqs = traceHardirqs({ measure: "count" });
    using softirqs = traceSoftirqs({ measure: "count" });
    const counted = (): { device: number; softirq: number } => ({
      device: hardirqs.snapshot().rows.reduce((sum, { count }) => sum + count, 0),
      softirq: softirqs.snapshot().rows.reduce((sum, { count }) => sum + count, 0),
    });
    for (const slowClass of ["device", "softirq"] as const) {
      const usual = await latenessUntil(performance.now() + 1_000);
      const before = counted()[slowClass];
      using tracer = traceSlow({ overNs: 0, classes: [slowClass], eventLimit: slowClass === "device" ? 5 : 100 });
      const attached = counted()[slowClass];
      const abort = new AbortController();
      let ending = 0;
      const clock = latenessUntil(performance.now() + 2_000).finally(() => {
        ending = counted()[slowClass];
        abort.abort();
      });
      let delivered = 0;
      for await (const { events } of tracer.batches({ signal: abort.signal })) delivered += events.length;
      const lateness = await clock;
      const after = counted()[slowClass];
      const lost = tracer.lost();
      const told = delivered + lost.bufferFull + lost.suppressed;
      const untimed = lost.unmatched + (lost.recursionMisses ?? 0);
      expect(told + untimed).toBeGreaterThanOrEqual(ending - attached);
      expect(told).toBeLessThanOrEqual(after - before);
      expect(lost.suppressed).toBeGreaterThan(0);
      expect(delivered).toBeGreaterThan(0);
      expect(lost.perCpu.reduce((sum, { suppressed }) => sum + suppressed, 0)).toBe(lost.suppressed);
      // The loads, and whoever else runs here, delay this thread too: what is looked for is what the tracer adds.
      expect(lateness.median).toBeLessThan(200 + 5 * usual.median);
      expect(lateness.longest).toBeLessThan(3_000 + 5 * usual.longest);
    }
  });

  test("counts what finds no room while nobody reads", async () => {
    using file = new DiskFile();
    await using _loads = storm(file);
    using tracer = traceSlow({ overNs: 0, eventLimit: 1_000_000, stack: true });
    for (let round = 0; round < 100 && tracer.lost().bufferFull === 0; round++) await Bun.sleep(50);
    expect(tracer.lost().bufferFull).toBeGreaterThan(0);
    let delivered = 0;
    for await (const { events } of tracer.batches({ signal: AbortSignal.abort() })) delivered += events.length;
    expect(delivered).toBeGreaterThan(1_000);
  });
});

describe("a trace", () => {
  test("is read once, and not after it was closed", async () => {
    const tracer = traceSlow({ classes: ["softirq"] });
    for await (const { events } of tracer.batches({ signal: AbortSignal.timeout(50) })) expect(events).toBeArray();
    expect(() => tracer.batches()).toThrow("twice");
    tracer[Symbol.dispose]();
    tracer[Symbol.dispose]();
    expect(() => tracer.lost()).toThrow("disposed of");
  });

  test("that is closed while it is read ends", async () => {
    const tracer = traceSlow({ classes: ["softirq"] });
    setTimeout(() => tracer[Symbol.dispose](), 50);
    const read = async (): Promise<void> => {
      for await (const _ of tracer.batches({ everyMs: 5 })) await Bun.sleep(1);
    };
    await expect(read()).resolves.toBeUndefined();
  });

  test("of a class that this machine has not is refused, and so is a cgroup that is not there", () => {
    const other = process.arch === "arm64" ? "vector" : "ipi";
    expect(() => traceSlow({ classes: [other] })).toThrow(`"${other}"`);
    expect(() => traceSlow({ cgroup: "/no/such/group" })).toThrow("there is no such cgroup v2");
  });

  test("loads no more programs than its classes need", () => {
    using tracer = traceSlow({ classes: ["raise"] });
    expect(tracer.description.programs).toEqual(["softirq_run", "softirq_raise"]);
  });
});
