import { describe, expect, test } from "bun:test";
import type { VictimRow } from "@irqtrace/interrupts";
import type { Lost } from "@irqtrace/tracer";
import type { InterruptClass } from "../../packages/interrupts/src/interrupt-class.ts";
import { victimDefinition } from "../../packages/interrupts/src/victim-definition.ts";
import { type DrivenTracer, driveTracer, kernelNowNs } from "./driven-tracer.ts";
import { FakeActions } from "./fake-actions.ts";
import { pinToCpu } from "./pin-to-cpu.ts";

const ALL: readonly InterruptClass[] = ["device", "vector", "nmi", "softirq"];
const IRQF_PERCPU = 0x400;
const NET_RX = 3n;
const LOCAL_TIMER = 236n;
const MS = 1e6;
/** More than some calls into the kernel and back take; at most 5 % of what is charged. */
const SLACK = 0.1 * MS;
const ATTEMPTS = 20;

/** The programs of victims over events made here, by this thread on CPU 0. */
class Victims implements Disposable {
  readonly #pin: Disposable = pinToCpu(0);
  readonly #driven: DrivenTracer<VictimRow>;

  constructor(classes: readonly InterruptClass[] = ALL, hasIpis = false) {
    const machine = {
      irqs: 64,
      isPreemptRt: false,
      hasIpis,
      canInsertInNmi: true,
      entries: { interrupts: [], others: [] },
      hasTracepoint: () => true,
    };
    this.#driven = driveTracer(victimDefinition({ by: "task", classes, tableEntries: 32 }, machine));
  }

  enter(kind: "device" | "vector" | "softirq", number: bigint, action = 0n): void {
    this.#driven.run(`victim_${kind}_entry`, [number, action]);
  }

  exit(kind: "device" | "vector" | "softirq", number: bigint, action = 0n): void {
    this.#driven.run(`victim_${kind}_exit`, [number, action, 1n]);
  }

  nmi(durationNs: bigint): void {
    this.#driven.run("victim_nmi", [0n, durationNs]);
  }

  /** What was charged, by class. */
  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.rows().map((row) => [`${row.class} ${row.irq ?? row.vector ?? ""}`.trim(), row.totalNs]),
    );
  }

  rows(): readonly VictimRow[] {
    return this.#driven.tracer.snapshot().rows;
  }

  lost(): Lost {
    return this.#driven.tracer.snapshot().lost;
  }

  [Symbol.dispose](): void {
    this.#driven[Symbol.dispose]();
    this.#pin[Symbol.dispose]();
  }
}

/** Spends time, by the clock that programs read; says how much. */
function pass(ms: number): number {
  const startNs = kernelNowNs();
  while (kernelNowNs() - startNs < ms * MS);
  return kernelNowNs() - startNs;
}

/** Once of several times: somebody else may have the CPU between an event and what this program does next. */
function onceUndisturbed(check: () => void): void {
  let disturbed: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      check();
      return;
    } catch (error) {
      disturbed = error;
    }
  }
  throw disturbed;
}

function expectAbout(ns: number | undefined, expectedNs: number): void {
  expect(ns).toBeWithin(expectedNs - SLACK, expectedNs + SLACK);
}

describe("what is charged", () => {
  test("is charged to the task that was current", () => {
    onceUndisturbed(() => {
      using victims = new Victims();
      victims.enter("softirq", NET_RX);
      const passedNs = pass(2);
      victims.exit("softirq", NET_RX);
      const [row, ...others] = victims.rows();
      expect(others).toEqual([]);
      expect(row).toMatchObject({ victimKind: "task", pid: process.pid, class: "softirq", name: "net_rx", count: 1 });
      expectAbout(row?.totalNs, passedNs);
    });
  });

  test("is each interrupt's own time, without what nested in it", () => {
    onceUndisturbed(() => {
      using victims = new Victims();
      victims.enter("softirq", NET_RX);
      const beforeNs = pass(2);
      victims.enter("device", 7n);
      const inDeviceNs = pass(5);
      victims.exit("device", 7n);
      victims.enter("vector", LOCAL_TIMER);
      const inVectorNs = pass(3);
      victims.exit("vector", LOCAL_TIMER);
      const afterNs = pass(1);
      victims.exit("softirq", NET_RX);
      const totals = victims.totals();
      expectAbout(totals["device 7"], inDeviceNs);
      expectAbout(totals["vector 236"], inVectorNs);
      expectAbout(totals["softirq 3"], beforeNs + afterNs);
    });
  });

  test("leaves out a handler that another one calls, and that one's own", () => {
    onceUndisturbed(() => {
      using victims = new Victims();
      victims.enter("device", 7n);
      const outerNs = pass(2);
      victims.enter("device", 8n);
      victims.enter("device", 9n);
      const innermostNs = pass(4);
      victims.exit("device", 9n);
      const innerNs = pass(3);
      victims.exit("device", 8n);
      victims.exit("device", 7n);
      const totals = victims.totals();
      expectAbout(totals["device 9"], innermostNs);
      expectAbout(totals["device 8"], innerNs);
      expectAbout(totals["device 7"], outerNs);
    });
  });

  test("leaves out NMIs, which come anywhere", () => {
    onceUndisturbed(() => {
      using victims = new Victims();
      victims.enter("softirq", NET_RX);
      victims.enter("device", 7n);
      const passedNs = pass(6);
      victims.nmi(4_000_000n);
      victims.exit("device", 7n);
      victims.exit("softirq", NET_RX);
      const totals = victims.totals();
      expect(totals["nmi"]).toBe(4 * MS);
      expectAbout(totals["device 7"], passedNs - 4 * MS);
      expectAbout(totals["softirq 3"], 0);
    });
  });

  test("is only of the classes that are asked for, while the others are left out of it all the same", () => {
    onceUndisturbed(() => {
      using victims = new Victims(["softirq"]);
      victims.enter("softirq", NET_RX);
      const passedNs = pass(2);
      victims.enter("device", 7n);
      pass(5);
      victims.nmi(1_000_000n);
      victims.exit("device", 7n);
      victims.exit("softirq", NET_RX);
      expect(victims.rows().map((row) => row.class)).toEqual(["softirq"]);
      expectAbout(victims.totals()["softirq 3"], passedNs);
      victims.exit("device", 8n);
      expect(victims.lost()).toMatchObject({ unmatched: 0, tableFull: 0 });
    });
  });
});

test("handlers that arm64 calls IPI are no device's, per CPU or, as with GICv5, not", () => {
  using fakes = new FakeActions();
  using victims = new Victims([...ALL, "ipi"], true);
  for (const flags of [IRQF_PERCPU, 0]) {
    const action = fakes.set(0, { name: "IPI", flags });
    victims.enter("device", 7n, action);
    victims.exit("device", 7n, action);
  }
  expect(victims.rows()).toMatchObject([{ class: "ipi", count: 2 }]);
});

test("an exit without its entry is charged to nobody, and counted", () => {
  using victims = new Victims();
  victims.exit("device", 7n);
  victims.exit("vector", LOCAL_TIMER);
  victims.enter("softirq", NET_RX);
  victims.exit("softirq", NET_RX);
  victims.exit("softirq", NET_RX);
  expect(victims.lost().unmatched).toBe(3);
  expect(victims.rows().map((row) => row.class)).toEqual(["softirq"]);
});

test("an irq or vector beyond the tables is counted", () => {
  using victims = new Victims();
  victims.enter("device", 64n);
  victims.exit("device", 64n);
  victims.enter("softirq", 10n);
  victims.exit("softirq", 10n);
  expect(victims.lost()).toMatchObject({ unmatched: 0, tableFull: 2 });
  expect(victims.rows()).toEqual([]);
});
