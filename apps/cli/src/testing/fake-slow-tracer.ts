import type {
  SlowBatch,
  SlowBatchOptions,
  SlowDescription,
  SlowEvent,
  SlowLost,
  SlowTracer,
} from "@irqtrace/interrupts";

export const NOTHING_LOST: SlowLost = {
  ...{ suppressed: 0, bufferFull: 0, unmatched: 0, unmatchedRaise: 0, recursionMisses: 0, perCpu: [] },
};

/** Batches that are given one after the other; then the tracer waits for the end, and gives the last one. */
export interface SlowScript {
  readonly batches: readonly (readonly SlowEvent[])[];
  readonly last?: readonly SlowEvent[];
  readonly lost?: SlowLost;
  readonly description?: Partial<SlowDescription>;
}

/** A tracer that plays a script. */
export class FakeSlowTracer implements SlowTracer {
  readonly description: SlowDescription;
  batchesGiven = 0;
  isDisposed = false;
  readonly #script: SlowScript;

  constructor(script: SlowScript) {
    this.#script = script;
    this.description = {
      flavour: "tp_btf",
      libbpf: { path: "/usr/lib/libbpf.so.1", version: "1.7", source: "system" },
      programs: ["softirq_entry", "softirq_exit"],
      maps: [{ name: "events", entries: 262_144, bytes: 262_144 }],
      classes: ["device", "softirq"],
      absentClasses: ["ipi"],
      hidesAddresses: false,
      overNs: 100_000,
      ...script.description,
    };
  }

  async *batches({ signal }: SlowBatchOptions = {}): AsyncGenerator<SlowBatch> {
    for (const events of this.#script.batches) {
      // As the real one: each batch in a turn of its own.
      await Bun.sleep(0);
      if (signal?.aborted) break;
      this.batchesGiven += 1;
      yield { events, lost: NOTHING_LOST };
    }
    if (signal && !signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    yield { events: this.#script.last ?? [], lost: this.lost() };
  }

  lost(): SlowLost {
    if (this.isDisposed) throw new TypeError("The tracer is disposed of.");
    return this.#script.lost ?? NOTHING_LOST;
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
  }
}
