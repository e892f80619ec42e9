import { describe, expect, test } from "bun:test";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { FLAVOURS } from "@irqtrace/tracer";
import { hardirqCounts, softirqCounts } from "./kernel-counters.ts";
import { DiskFile, sendUdp } from "./load/loads.ts";
import { Pid1Events } from "./pid1-events.ts";

const NET_RX = 3;
const PACKETS = 1_000_000;
const READS = 60_000;
const MEASURES = ["time", "count"] as const;

interface Bracket {
  /** Between the inner readings of the kernel's counter: all of these happened while we counted. */
  readonly inner: number;
  /** Between the outer readings: no others happened while we counted. */
  readonly outer: number;
  readonly ours: number;
  readonly overPid1: number;
}

/** Our count lies between what the kernel counted meanwhile at least, less what ran over PID 1, and at most. */
function expectWithin({ inner, outer, ours, overPid1 }: Bracket): void {
  console.log(`  kernel ${inner} to ${outer}, ours ${ours}, over PID 1 ${overPid1}`);
  expect(ours).toBeLessThanOrEqual(outer);
  expect(ours).toBeGreaterThanOrEqual(inner - overPid1);
}

describe.each([...FLAVOURS])("counts by %s programs", (flavour) => {
  test.each([...MEASURES])(
    "agree with /proc/softirqs over a million net_rx when measuring %s",
    async (measure) => {
      const kernel = (): number => softirqCounts().get("net_rx") ?? 0;
      await using pid1 = await Pid1Events.count("irq/softirq_exit", `vec == ${NET_RX}`);
      const outerStart = kernel();
      using tracer = traceSoftirqs({ flavour, measure });
      const ours = (): number => tracer.snapshot().rows.find((row) => row.vector === NET_RX)?.count ?? 0;
      const before = ours();
      const innerStart = kernel();
      await sendUdp(PACKETS);
      const innerEnd = kernel();
      const after = ours();
      const outerEnd = kernel();
      expect(innerEnd - innerStart).toBeGreaterThanOrEqual(PACKETS);
      expect(tracer.snapshot().lost).toMatchObject({ tableFull: 0, recursionMisses: 0 });
      expectWithin({
        inner: innerEnd - innerStart,
        outer: outerEnd - outerStart,
        ours: after - before,
        overPid1: await pid1.total(),
      });
    },
    60_000,
  );

  test.each([...MEASURES])(
    "agree with /proc/interrupts over at least 50,000 interrupts of one line when measuring %s",
    async (measure) => {
      using file = new DiskFile();
      const irq = await busiestIrq(() => file.read(500));
      const kernel = (): number => hardirqCounts().get(String(irq)) ?? 0;
      await using pid1 = await Pid1Events.count("irq/irq_handler_exit", `irq == ${irq}`);
      const outerStart = kernel();
      using tracer = traceHardirqs({ flavour, measure });
      const ours = (): number => tracer.snapshot().rows.find((row) => row.irq === irq)?.count ?? 0;
      const before = ours();
      const innerStart = kernel();
      await file.read(READS);
      const innerEnd = kernel();
      const after = ours();
      const outerEnd = kernel();
      expect(innerEnd - innerStart).toBeGreaterThanOrEqual(50_000);
      expect(tracer.snapshot().lost).toMatchObject({ tableFull: 0, recursionMisses: 0 });
      expectWithin({
        inner: innerEnd - innerStart,
        outer: outerEnd - outerStart,
        ours: after - before,
        overPid1: await pid1.total(),
      });
    },
    60_000,
  );
});

async function busiestIrq(load: () => Promise<void>): Promise<number> {
  const before = hardirqCounts();
  await load();
  const gains = [...hardirqCounts()].map(([irq, count]) => [Number(irq), count - (before.get(irq) ?? 0)] as const);
  return gains.reduce((busiest, line) => (line[1] > busiest[1] ? line : busiest), [-1, 0] as const)[0];
}
