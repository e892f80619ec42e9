import { describe, expect, test } from "bun:test";
import type { KernelSymbols } from "@irqtrace/loader";
import type { SlowRecord } from "./decode-slow-record.ts";
import { SlowEventNames } from "./slow-event-names.ts";

const RECORD: SlowRecord = {
  class: "device",
  cpu: 1,
  number: 24,
  name: "virtio1-req.0",
  address: 0n,
  bootNs: 5_000_250_000n,
  durationNs: 250_000,
  cgroupId: 42n,
  task: { comm: "worker", pid: 100, tid: 101 },
  frames: [],
  isWhole: true,
};

let reads = 0;
const table = (symbols: Readonly<Record<string, bigint>>): KernelSymbols => ({
  count: Object.keys(symbols).length,
  find: (address) => {
    const found = Object.entries(symbols).find(([, start]) => address >= start && address < start + 16n);
    return found === undefined ? null : { name: found[0], module: null, offset: Number(address - found[1]) };
  },
});

function names(symbols: KernelSymbols, stack = false): SlowEventNames {
  reads = 0;
  return new SlowEventNames({
    stack,
    pathOf: (id) => (id === 42n ? "/web.slice" : null),
    readSymbols: () => {
      reads++;
      return symbols;
    },
  });
}

const NOTHING = table({});
const OFFSET_NS = 1_700_000_000_000_000_000n;

describe("an event", () => {
  test("has the time that the clocks say, to a fraction of a microsecond", () => {
    const { unixMs, bootNs } = names(NOTHING).eventOf(RECORD, OFFSET_NS);
    expect(bootNs).toBe(5_000_250_000n);
    expect(unixMs).toBeCloseTo(1_700_000_005_000.25, 3);
  });

  test("has its numbers under the names that they have in its class", () => {
    const event = (fields: Partial<SlowRecord>): unknown => names(NOTHING).eventOf({ ...RECORD, ...fields }, 0n);
    expect(event({})).toMatchObject({ irq: 24, name: "virtio1-req.0", cgroup: "/web.slice", cgroupId: 42n });
    expect(event({ class: "softirq", number: 3, name: "" })).toMatchObject({ vector: 3, name: "net_rx" });
    expect(event({ class: "raise", number: 1, name: "" })).toMatchObject({ vector: 1, name: "timer" });
    expect(event({ class: "vector", number: 0xec, name: "" })).toMatchObject({ vector: 0xec, name: "local_timer" });
    expect(event({ class: "vector", number: 0x31, name: "" })).toMatchObject({ vector: 0x31, name: "spurious_apic" });
    const ipi = names(NOTHING).eventOf({ ...RECORD, class: "ipi", number: 0, name: "Rescheduling interrupts" }, 0n);
    expect([ipi.name, "irq" in ipi, "vector" in ipi]).toEqual(["Rescheduling interrupts", false, false]);
  });

  test("of an NMI is named after its handler, or after the address where that has no name", () => {
    const record = { ...RECORD, class: "nmi", number: 0, name: "", address: 0xffffffff81000000n } as const;
    const named = names(table({ perf_event_nmi_handler: 0xffffffff81000000n }));
    expect(named.eventOf(record, 0n).name).toBe("perf_event_nmi_handler");
    expect(names(NOTHING).eventOf(record, 0n).name).toBe("0xffffffff81000000");
  });

  test("whose cgroup is not known keeps its number", () => {
    expect(names(NOTHING).eventOf({ ...RECORD, cgroupId: 7n }, 0n)).toMatchObject({ cgroup: null, cgroupId: 7n });
  });

  test("tells the mode by its stack, and shows the stack if asked to", () => {
    const symbols = table({ handle_irq: 100n, asm_common_interrupt: 200n });
    const record = { ...RECORD, frames: [101n, 202n] };
    const plain = names(symbols).eventOf(record, 0n);
    expect([plain.mode, "stack" in plain]).toEqual(["user", false]);
    expect(
      names(symbols, true)
        .eventOf(record, 0n)
        .stack?.map(({ symbol }) => symbol),
    ).toEqual(["handle_irq", "asm_common_interrupt"]);
  });

  test("tells no mode by a stack that the kernel may have cut off", () => {
    const symbols = table({ handle_irq: 100n, asm_common_interrupt: 200n });
    const sources = { stack: false, pathOf: () => null, readSymbols: () => symbols, maxFrames: 2 };
    expect(new SlowEventNames(sources).eventOf({ ...RECORD, frames: [101n, 202n] }, 0n).mode).toBe("unknown");
  });

  test("has addresses without names, and no mode, where the kernel hides them", () => {
    const { stack, mode } = names(NOTHING, true).eventOf({ ...RECORD, frames: [101n] }, 0n);
    expect(mode).toBe("unknown");
    expect(stack).toEqual([{ address: 101n, symbol: null, module: null, offset: 0 }]);
  });
});

test("symbols are read when first needed, and once", () => {
  const all = names(NOTHING);
  all.eventOf(RECORD, 0n);
  expect(reads).toBe(0);
  all.eventOf({ ...RECORD, frames: [1n] }, 0n);
  all.eventOf({ ...RECORD, frames: [2n] }, 0n);
  expect(reads).toBe(1);
});
