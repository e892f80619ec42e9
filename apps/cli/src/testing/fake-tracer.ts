import type { Interval, RawSnapshot, Snapshot } from "@irqtrace/decode";
import type { IntervalOptions, Tracer, TracerDescription } from "@irqtrace/tracer";
import type { ReportRow } from "../report.ts";

/** What a fake tracer measures: each interval in its turn, then one partial interval when it is stopped. */
export interface Script<Row = ReportRow> {
  readonly intervals: readonly Interval<Row>[];
  readonly partial: Interval<Row>;
  readonly snapshot: Snapshot<Row>;
}

/** A tracer that plays a script: a double of the source, so that parsing, rendering and ending are tested without a kernel. */
export class FakeTracer<Row = ReportRow> implements Tracer<Row> {
  readonly description: TracerDescription;
  readonly requests: IntervalOptions[] = [];
  intervalsGiven = 0;
  isDisposed = false;
  readonly #script: Script<Row>;

  constructor(
    script: Script<Row>,
    { absentTracepoints = [], notes = [] }: Pick<TracerDescription, "absentTracepoints" | "notes"> = {},
  ) {
    this.#script = script;
    this.description = {
      flavour: "tp_btf",
      libbpf: { path: "/usr/lib/libbpf.so.1", version: "1.7", source: "system" },
      programs: ["entry_tp_btf", "exit_tp_btf"],
      absentTracepoints,
      maps: [{ name: "cells", entries: 64, bytes: 9216 }],
      notes,
    };
  }

  snapshot(): Snapshot<Row> {
    if (this.isDisposed) throw new TypeError("The tracer is disposed of.");
    return this.#script.snapshot;
  }

  capture(): RawSnapshot {
    const { start, elapsedNs, lost } = this.#script.snapshot;
    return {
      schema: "irqtrace.test/1",
      measure: "time",
      perCpu: false,
      epoch: 2,
      possibleCpus: [0, 1, 2, 3],
      startUnixMs: start.getTime(),
      elapsedNs,
      lost,
      // Without maps there are no counts of CPUs.
      maps: {},
    };
  }

  async *intervals(options: IntervalOptions): AsyncGenerator<Interval<Row>> {
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
