import {
  cumulativeRows,
  type Interval,
  IntervalRows,
  type Lost,
  lostSince,
  type RawMap,
  type RawSnapshot,
  type Snapshot,
  type Table,
} from "@irqtrace/decode";
import type { LoadedObject } from "@irqtrace/loader";
import type { TracerDefinition } from "./definition.ts";
import { IntervalClock, systemClock } from "./interval-clock.ts";
import type { TracerOptions } from "./options.ts";
import { Sampler } from "./sampler.ts";
import { checkIntervalOptions, type IntervalOptions, type Tracer, type TracerDescription } from "./tracer.ts";

/** A reading with its decoded form; the bytes of `raw` change with the next one. */
interface Reading<Row> {
  readonly raw: RawSnapshot;
  readonly table: Table<Row>;
  readonly atNs: number;
  readonly wallClock: Date;
}

/** What a tracer is made of. */
export interface TracerParts<Row> {
  readonly definition: TracerDefinition<Row>;
  readonly options: TracerOptions;
  readonly possibleCpus: readonly number[];
  /** Becomes the tracer's own. */
  readonly object: LoadedObject;
  readonly programs: readonly string[];
  readonly description: TracerDescription;
}

/** A tracer over a loaded object: attaches it, reads it, detaches it. */
export class SamplingTracer<Row> implements Tracer<Row> {
  readonly #parts: TracerParts<Row>;
  readonly #sampler: Sampler;
  readonly #attachment: Disposable;
  readonly #startUnixMs: number;
  readonly #startNs: number;
  readonly #disposal: AbortController = new AbortController();
  #running: IntervalRows<Row> | null = null;

  constructor(parts: TracerParts<Row>) {
    this.#parts = parts;
    this.#sampler = new Sampler(parts.object, parts.definition.samplePlan);
    this.#startUnixMs = Date.now();
    this.#startNs = Bun.nanoseconds();
    this.#attachment = parts.object.attach({ order: parts.programs });
  }

  get description(): TracerDescription {
    return this.#parts.description;
  }

  snapshot(): Snapshot<Row> {
    const { raw, table } = this.#read();
    const { startUnixMs, elapsedNs, lost } = raw;
    return { start: new Date(startUnixMs), elapsedNs, lost, rows: cumulativeRows(table) };
  }

  capture(): RawSnapshot {
    const { raw } = this.#read();
    const copies = Object.entries(raw.maps).map(([name, map]): [string, RawMap] => [
      name,
      { ...map, bytes: map.bytes.slice() },
    ]);
    return { ...raw, maps: Object.fromEntries(copies) };
  }

  intervals(options: IntervalOptions): AsyncIterable<Interval<Row>> {
    checkIntervalOptions(options);
    this.#checkIdle();
    return { [Symbol.asyncIterator]: () => this.#iterate(options) };
  }

  [Symbol.dispose](): void {
    if (this.#disposal.signal.aborted) return;
    this.#disposal.abort();
    this.#attachment[Symbol.dispose]();
    this.#parts.object[Symbol.dispose]();
  }

  /** Starts with the first `next()`: an iterator that is only made, and perhaps returned, is none that is running. */
  async *#iterate({
    everyMs,
    count = Number.POSITIVE_INFINITY,
    signal,
  }: IntervalOptions): AsyncGenerator<Interval<Row>, void, undefined> {
    this.#checkIdle();
    const start = this.#read();
    const rows = new IntervalRows(start.table);
    this.#running = rows;
    const disposed = this.#disposal.signal;
    const wake = signal === undefined ? disposed : AbortSignal.any([signal, disposed]);
    const clock = new IntervalClock(everyMs, systemClock, start.atNs);
    let last = start;
    try {
      for (let index = 0, isLast = false; index < count && !isLast; index++) {
        await clock.tick(wake);
        if (disposed.aborted) return;
        isLast = signal?.aborted ?? false;
        const reading = this.#read();
        const interval = {
          start: last.wallClock,
          intervalNs: reading.atNs - last.atNs,
          lost: lostSince(reading.raw.lost, last.raw.lost),
          rows: rows.end(reading.table),
        };
        last = reading;
        yield interval;
      }
    } finally {
      this.#running = null;
    }
  }

  /** Every reading passes here, so that a running interval learns of all maxima. */
  #read(): Reading<Row> {
    this.#checkUsable();
    // Before, because the flip is the boundary and comes first in it; reading takes a while.
    const wallClock = new Date();
    const { epoch, atNs } = this.#sampler.flip();
    const { definition, options, possibleCpus } = this.#parts;
    const raw: RawSnapshot = {
      schema: definition.schema,
      measure: options.measure ?? "time",
      perCpu: options.perCpu ?? false,
      epoch,
      possibleCpus,
      startUnixMs: this.#startUnixMs,
      elapsedNs: atNs - this.#startNs,
      lost: this.#lost(),
      maps: this.#sampler.maps(),
    };
    const table = definition.decode(raw);
    this.#running?.observe(table);
    return { raw, table, atNs, wallClock };
  }

  #lost(): Lost {
    const { object, options, programs } = this.#parts;
    const bss = object.section("bss");
    const misses = programs.map((name) => object.program(name).statistics().recursionMisses);
    return {
      ...(options.measure === "count" ? {} : { unmatched: Number(bss.read("unmatched")) }),
      tableFull: Number(bss.read("table_full")),
      recursionMisses: misses.includes(null) ? null : misses.reduce<number>((sum, miss) => sum + (miss ?? 0), 0),
    };
  }

  #checkIdle(): void {
    this.#checkUsable();
    if (this.#running === null) return;
    throw new TypeError("Cannot start a second iteration of intervals: one is running. End it, or use snapshot().");
  }

  #checkUsable(): void {
    if (this.#disposal.signal.aborted)
      throw new TypeError("Cannot use this tracer: it has been disposed of. Start another one.");
  }
}
