import { deepEqual, equal, ok } from "node:assert/strict";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { traceHardirqs } from "@irqtrace/hardirqs";
import { possibleCpus } from "@irqtrace/loader";
import { traceSoftirqs } from "@irqtrace/softirqs";
import { sendUdp } from "../../kernel/load/loads.ts";
import { compareCounts, type HardirqRow, type SoftirqRow } from "./count-comparison.ts";
import { bindVirtio, diskOf, irqOf, kernelCount, readDisk, setOnline, unbindVirtio } from "./devices.ts";
import { hardirqCounts, softirqCounts } from "./kernel-counts.ts";
import { QUIET_PORT } from "./quiet-port.ts";
import type { Check, Measured } from "./report.ts";

const CPU = 3;
const PACKETS = 2_000;
const READS = 500;
const WRITES = 50;

/** One after the other on the CPU that goes and comes back. */
const PHASES = [true, false, true] as const;

async function softirqsOfCpuThatGoes(): Promise<Measured> {
  using tracer = traceSoftirqs({ perCpu: true });
  ok(possibleCpus().length > navigator.hardwareConcurrency, "there are no possible CPUs beside those that are online");
  return await compareCounts<SoftirqRow>({
    tracer,
    counters: softirqCounts,
    sourceOf: (row) => row.name,
    load: async () => {
      for (const online of PHASES) {
        setOnline(CPU, online);
        await sendUdp(PACKETS, { cpu: online ? CPU : CPU - 1 });
      }
    },
    expected: new Map([["net_rx", PACKETS * PHASES.length * 0.5]]),
  });
}

async function interruptsOfCpuThatGoes(): Promise<Measured> {
  using tracer = traceHardirqs({ perCpu: true });
  const port = openSync(`/dev/${QUIET_PORT}`, "w");
  try {
    const irq = irqOf(QUIET_PORT);
    return await compareCounts<HardirqRow>({
      tracer,
      counters: hardirqCounts,
      sourceOf: (row) => String(row.irq),
      load: async () => {
        for (const online of PHASES) {
          setOnline(CPU, online);
          if (online) writeFileSync(`/proc/irq/${irq}/smp_affinity_list`, String(CPU));
          for (let written = 0; written < WRITES; written++) {
            writeSync(port, ".");
            await Bun.sleep(2);
          }
        }
        const onCpu = tracer.snapshot().rows.find((row) => String(row.irq) === irq && row.cpu === CPU)?.count ?? 0;
        ok(onCpu > WRITES, `${onCpu} interrupts on CPU ${CPU} before it went and after it came back`);
      },
      expected: new Map([[irq, WRITES]]),
    });
  } finally {
    closeSync(port);
  }
}

/** What the kernel counted of an action that is registered anew now and then, while the trace ran. */
class Lives {
  #ended = 0;
  #atStart: number;
  readonly #action: string;

  constructor(action: string, isRegistered: boolean) {
    this.#action = action;
    this.#atStart = isRegistered ? kernelCount(irqOf(action)) : 0;
  }

  /** To be called before the action goes. */
  end(): void {
    this.#ended += kernelCount(irqOf(this.#action)) - this.#atStart;
    this.#atStart = 0;
  }

  get total(): number {
    return this.#ended;
  }
}

/** Two disks take turns in one irq. */
async function disksTakeTurns(): Promise<Measured> {
  const [first, second] = ["virtio0", "virtio1"] as const;
  unbindVirtio(second);
  using tracer = traceHardirqs();
  const actions = [`${first}-req.0`, `${second}-req.0`] as const;
  const lives = [new Lives(actions[0], true), new Lives(actions[1], false)] as const;
  const irqs = [irqOf(actions[0])];
  await readDisk(diskOf(first), READS);
  lives[0].end();
  unbindVirtio(first);
  bindVirtio(second);
  irqs.push(irqOf(actions[1]));
  await readDisk(diskOf(second), READS);
  const meanwhile = tracer.snapshot().rows.map((row) => row.name);
  ok(
    actions.every((action) => meanwhile.includes(action)),
    `rows of both: ${meanwhile}`,
  );
  lives[1].end();
  unbindVirtio(second);
  bindVirtio(first);
  irqs.push(irqOf(actions[0]));
  await readDisk(diskOf(first), READS);
  lives[0].end();
  bindVirtio(second);
  equal(new Set(irqs).size, 1, `the disks did not take turns in one irq: ${irqs}`);
  const { rows, lost } = tracer.snapshot();
  equal(lost.tableFull, 0);
  const traced = actions.map((action) =>
    rows.filter((row) => row.name === action).reduce((sum, row) => sum + row.count, 0),
  );
  // The disk that is back after the end has been asked for its partitions.
  const counted = [lives[0].total, lives[1].total];
  deepEqual([traced[0], Math.min(traced[1] ?? 0, counted[1] ?? 0)], counted);
  return {
    detail: `irq ${irqs[0]}: ${actions[0]} ${traced[0]}, ${actions[1]} ${traced[1]}; the kernel ${counted}`,
    figures: { events: (traced[0] ?? 0) + (traced[1] ?? 0) },
  };
}

/** What comes and goes during a trace. */
export const CHANGE_CHECKS: readonly Check[] = [
  { name: "softirqs of a CPU that goes offline and comes back are all counted", run: softirqsOfCpuThatGoes },
  { name: "interrupts of a CPU that goes offline and comes back are all counted", run: interruptsOfCpuThatGoes },
  { name: "disks that are unbound and bound in turn in one irq have rows of their own", run: disksTakeTurns },
];
