import { describe, expect, test } from "bun:test";
import { type Coverage, type CoverageReading, coverageBetween, lineShare } from "./coverage.ts";
import type { CountedInterruptRow } from "./interrupt-row.ts";
import { parseProcCounts } from "./proc-counts.ts";

type Files = CoverageReading["earliest"];

const files = (interrupts: string, softirqs = ""): Files => ({
  interrupts: parseProcCounts(`       CPU0\n${interrupts}`),
  softirqs: parseProcCounts(`       CPU0\n${softirqs}`),
});

function reading(earliest: Files, rows: readonly CountedInterruptRow[], latest = earliest): CoverageReading {
  const lost = { tableFull: 0, recursionMisses: 0 };
  return { earliest, snapshot: { start: new Date(0), elapsedNs: 1e9, lost, rows }, latest };
}

/** What comes of lines that began at 0, which the tracer saw like this. */
const coverageOf = (lines: Files, rows: readonly CountedInterruptRow[], absent: readonly string[] = []): Coverage =>
  coverageBetween(reading(files(""), []), reading(lines, rows), absent);

const device = (irq: number, slot: number, count: number): CountedInterruptRow => ({
  ...{ class: "device", irq, action: slot, name: "disk", slot, count, unhandled: 0, wakeThread: 0 },
});
const vector = (name: string, count: number): CountedInterruptRow => ({ class: "vector", vector: 0, name, count });

describe("a line", () => {
  test("of a device is what its busiest handler counted: each sees every interrupt of the line", () => {
    const { lines } = coverageOf(files(" 16: 10 IO-APIC usb, snd\n"), [
      device(16, 0, 10),
      device(16, 1, 9),
      device(17, 2, 5),
    ]);
    expect(lines).toMatchObject([{ label: "16", description: "IO-APIC usb, snd", least: 10, most: 10, traced: 10 }]);
  });

  test("of function calls is the sum of two vectors, and TLB a part of it", () => {
    const { lines, interrupts } = coverageOf(files("CAL: 7 Function call interrupts\nTLB: 4 TLB shootdowns\n"), [
      vector("call_function", 3),
      vector("call_function_single", 4),
    ]);
    expect(lines).toMatchObject([
      { label: "CAL", traced: 7, reason: null },
      { label: "TLB", traced: null, reason: "a part of CAL", isInterrupt: false },
    ]);
    expect(interrupts).toEqual({ counted: 7, traced: 7 });
  });

  test("of arm64's IPIs is told by what it is for", () => {
    const { lines } = coverageOf(files("IPI0: 5 Rescheduling interrupts\nIPI1: 2 Function call interrupts\n"), [
      { class: "ipi", name: "Function call interrupts", count: 2 },
      { class: "ipi", name: "Rescheduling interrupts", count: 5 },
    ]);
    expect(lines.map(({ traced }) => traced)).toEqual([5, 2]);
  });

  test("of NMIs is what their busiest handler counted", () => {
    const nmi = (handler: string, count: number): CountedInterruptRow => ({
      class: "nmi",
      handler,
      name: handler,
      count,
    });
    const { lines } = coverageOf(files("NMI: 3 Non-maskable interrupts\n"), [nmi("0x1", 3), nmi("0x2", 2)]);
    expect(lines).toMatchObject([{ traced: 3 }]);
  });

  test("of softirqs is told by the vector's name", () => {
    const { lines, softirqs } = coverageOf(files("", "NET_RX: 9\nTIMER: 2\n"), [
      { class: "softirq", vector: 3, name: "net_rx", count: 9 },
      { class: "softirq", vector: 1, name: "timer", count: 1 },
    ]);
    expect(lines.map(({ label, traced }) => [label, traced])).toEqual([
      ["NET_RX", 9],
      ["TIMER", 1],
    ]);
    expect(softirqs).toEqual({ counted: 11, traced: 10 });
  });

  test.each(["HYP", "PIN", "NPI", "PIW"])("%s has no tracepoint, and is missing from the share", (label) => {
    const { lines, interrupts } = coverageOf(files(`${label}: 5 something\n`), []);
    expect(lines).toMatchObject([{ label, traced: null, reason: "the kernel has no tracepoint for it" }]);
    expect(interrupts).toEqual({ counted: 5, traced: 0 });
  });

  test("that nobody knows is said to be unknown", () => {
    expect(coverageOf(files("XYZ: 5\n"), []).lines[0]?.reason).toBe("irqtrace knows no tracepoint for it");
  });

  test("whose tracepoint this kernel lacks says so", () => {
    const { lines } = coverageOf(files("DFR: 0 Deferred Error APIC interrupts\n"), [], ["deferred_error_apic_exit"]);
    expect(lines[0]?.reason).toBe("this kernel has no tracepoint deferred_error_apic_exit");
  });
});

test("the kernel's counts are bounds: what came while they were read may be on either side", () => {
  const before = reading(files("LOC: 100\n"), [vector("local_timer", 50)], files("LOC: 102\n"));
  const after = reading(files("LOC: 150\n"), [vector("local_timer", 100)], files("LOC: 153\n"));
  const { lines, interrupts } = coverageBetween(before, after, []);
  expect(lines).toMatchObject([{ least: 48, most: 53, traced: 50 }]);
  expect(interrupts).toEqual({ counted: 50, traced: 50 });
});

test("a line is accounted for within its bounds, short of them in part, and never more than wholly", () => {
  const bounds = { least: 48, most: 53 };
  expect(lineShare({ ...bounds, traced: 52 })).toEqual({ counted: 52, traced: 52 });
  expect(lineShare({ ...bounds, traced: 40 })).toEqual({ counted: 48, traced: 40 });
  expect(lineShare({ ...bounds, traced: 60 })).toEqual({ counted: 53, traced: 53 });
  expect(lineShare({ ...bounds, traced: null })).toEqual({ counted: 53, traced: 0 });
});
