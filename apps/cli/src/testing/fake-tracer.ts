import type { Interval, RawSnapshot, Snapshot } from "@irqtrace/decode";
import type { IntervalOptions, Tracer, TracerDescription } from "@irqtrace/tracer";
import type { ReportRow } from "../report.ts";

/** What a fake tracer measures: each interval in its turn, then one partial interval when it is stopped. */
export interface Script {
  readonly intervals: readonly Interval<ReportRow>[];
  readonly partial: Interval<ReportRow>;
  readonly snapshot: Snapshot<ReportRow>;
}

/** A tracer that plays a script: a double of the source, so that parsing, rendering and ending are tested without a kernel. */
export class FakeTracer implements Tracer<ReportRow> {
  readonly description: TracerDescription = {
    flavour: "tp_btf",
    libbpf: { path: "/usr/lib/libbpf.so.1", version: "1.7", source: "system" },
    programs: ["entry_tp_btf", "exit_tp_btf"],
    maps: [{ name: "cells", entries: 64, bytes: 9216 }],
  };
  readonly requests: IntervalOptions[] = [];
  intervalsGiven = 0;
  isDisposed = false;
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  snapshot(): Snapshot<ReportRow> {
    if (this.isDisposed) throw new TypeError("The tracer is disposed of.");
    return this.#script.snapshot;
  }

  capture(): RawSnapshot {
    throw new TypeError("The command line does not use capture().");
  }

  async *intervals(options: IntervalOptions): AsyncGenerator<Interval<ReportRow>> {
    this.requests.push(options);
    const { count = Number.POSITIVE_INFINITY, signal } = options;
    for (const interval of this.#script.intervals.slice(0, Math.min(count, this.#script.intervals.length))) {
      // As the real clock: a consumer sees each interval in a turn of its own.
      await Bun.sleep(0);
      if (signal?.aborted) break;
      this.intervalsGiven += 1;
      yield interval;
    }
    if (this.intervalsGiven >= count) return;
    if (signal && !signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    yield this.#script.partial;
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
  }
}
