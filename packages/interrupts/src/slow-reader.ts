import { existsSync, readFileSync } from "node:fs";
import type { slow as layouts } from "@irqtrace/bpf-objects/layouts";
import { type LoadedObject, possibleCpus, type RingBuffer, readClock, ringBuffer } from "@irqtrace/loader";
import { CgroupPaths } from "./cgroup-paths.ts";
import { decodeSlowRecord, type SlowRecord } from "./decode-slow-record.ts";
import { lossPerCpu } from "./loss-per-cpu.ts";
import { SlowEventNames } from "./slow-event-names.ts";
import { checkBatchOptions } from "./slow-options.ts";
import type { SlowBatch, SlowBatchOptions, SlowDescription, SlowLost, SlowTracer } from "./slow-tracer.ts";

/** What a reader reads. */
export interface SlowReaderParts {
  readonly object: LoadedObject<typeof layouts>;
  /** Detaches the programs. */
  readonly link: Disposable;
  readonly description: SlowDescription;
  /** Whether events have their stacks. */
  readonly stack: boolean;
}

const MAX_FRAMES_PATH = "/proc/sys/kernel/perf_event_max_stack";
const EVERY_MS = 50;
/** More are left for the next batch, so that a storm does not hold the thread. */
const BATCH_EVENTS = 2_000;
/** Longer than a program takes that was already running when it was detached. */
const LAST_RECORDS_MS = 5;
/** For a program that holds a record while its CPU stands still, as virtual machines' do. */
const LAST_RECORDS_TRIES = 10;

/** {@link SlowTracer} over a loaded object. */
export class SlowReader implements SlowTracer {
  readonly description: SlowDescription;
  readonly #parts: SlowReaderParts;
  readonly #ring: RingBuffer;
  readonly #names: SlowEventNames;
  /** Softirqs that ran before raises could be seen: nothing was to be traced yet. */
  readonly #runsBefore: number;
  /** In the order of per-CPU values. */
  readonly #cpus: readonly number[] = possibleCpus();
  #hasStarted = false;
  readonly #closing = new AbortController();

  constructor(parts: SlowReaderParts) {
    this.#parts = parts;
    this.description = parts.description;
    this.#ring = ringBuffer(parts.object.map("events"));
    this.#runsBefore = this.#unmatchedRuns();
    const cgroups = new CgroupPaths();
    this.#names = new SlowEventNames({
      stack: parts.stack,
      maxFrames: maxFrames(),
      pathOf: (id) => cgroups.find([Number(id)]).get(Number(id)) ?? null,
    });
  }

  batches(options: SlowBatchOptions = {}): AsyncIterable<SlowBatch> {
    checkBatchOptions(options);
    this.#assertUsable();
    if (this.#hasStarted) throw new TypeError("Cannot read a trace of slow interrupts twice. Start another one.");
    this.#hasStarted = true;
    const leave = new AbortController();
    const batches = this.#read(options, leave.signal);
    const iterator: AsyncIterableIterator<SlowBatch, void, undefined> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => batches.next(),
      // By itself a generator would wait for the next batch first, and do nothing before it has begun.
      return: async () => {
        leave.abort();
        this.#detach();
        return batches.return();
      },
    };
    return iterator;
  }

  lost(): SlowLost {
    this.#assertUsable();
    const { object } = this.#parts;
    const perCpu = object.map("accounts").get(0) ?? [];
    const sum = (field: "suppressed" | "refused" | "unmatched"): number =>
      perCpu.reduce((total, account) => total + Number(account[field]), 0);
    return {
      suppressed: sum("suppressed"),
      bufferFull: sum("refused"),
      unmatched: sum("unmatched"),
      unmatchedRaise: this.#unmatchedRuns() - this.#runsBefore,
      recursionMisses: this.#recursionMisses(),
      perCpu: lossPerCpu(perCpu, this.#cpus),
    };
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#parts.object[Symbol.dispose]();
  }

  async *#read(
    { everyMs = EVERY_MS, signal }: SlowBatchOptions,
    left: AbortSignal,
  ): AsyncGenerator<SlowBatch, void, undefined> {
    const gone = AbortSignal.any([left, this.#closing.signal]);
    const end = signal === undefined ? gone : AbortSignal.any([signal, gone]);
    try {
      while (await this.#ring.available({ everyMs, signal: end })) yield this.#take();
      if (gone.aborted) return;
      this.#detach();
      yield* this.#lastBatches(gone);
    } finally {
      this.#detach();
    }
  }

  /** What is left once the programs are detached. */
  async *#lastBatches(gone: AbortSignal): AsyncGenerator<SlowBatch, void, undefined> {
    await Bun.sleep(LAST_RECORDS_MS);
    for (let tries = 0; !gone.aborted; tries++) {
      const batch = this.#take();
      yield batch;
      if (gone.aborted || this.#ring.pendingBytes === 0 || tries >= LAST_RECORDS_TRIES) return;
      if (batch.events.length > 0) tries = 0;
      else await Bun.sleep(LAST_RECORDS_MS);
    }
  }

  /** Does nothing the second time. */
  #detach(): void {
    if (!this.#isDisposed) this.#parts.link[Symbol.dispose]();
  }

  #take(): SlowBatch {
    const records: SlowRecord[] = [];
    this.#ring.consume((view, offset, length) => void records.push(decodeSlowRecord(view, offset, length)), {
      limit: BATCH_EVENTS,
    });
    const realtimeMinusBootNs = readClock("realtime") - readClock("boot");
    return { events: records.map((record) => this.#names.eventOf(record, realtimeMinusBootNs)), lost: this.lost() };
  }

  #unmatchedRuns(): number {
    const perCpu = this.#parts.object.map("accounts").get(0) ?? [];
    return perCpu.reduce((total, account) => total + Number(account.unmatched_runs), 0);
  }

  #recursionMisses(): number | null {
    const { object } = this.#parts;
    let total = 0;
    for (const name of object.programNames) {
      const { recursionMisses } = object.program(name).statistics();
      if (recursionMisses === null) return null;
      total += recursionMisses;
    }
    return total;
  }

  get #isDisposed(): boolean {
    return this.#closing.signal.aborted;
  }

  #assertUsable(): void {
    if (this.#isDisposed) throw new TypeError("Cannot read a trace of slow interrupts that was disposed of.");
  }
}

/** kernel.perf_event_max_stack; more than any record holds where the kernel does not have it. */
function maxFrames(): number {
  return existsSync(MAX_FRAMES_PATH) ? Number(readFileSync(MAX_FRAMES_PATH, "utf8")) : Number.POSITIVE_INFINITY;
}
