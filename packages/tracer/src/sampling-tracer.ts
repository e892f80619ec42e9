import {
  type Cost,
  costSince,
  cumulativeRows,
  type Interval,
  IntervalRows,
  type Lost,
  lostSince,
  type RawMap,
  type RawSnapshot,
  type Snapshot,
  snapshotOf,
  type Table,
} from "@irqtrace/decode";
import type { ProgramStatistics } from "@irqtrace/loader";
import type { ObjectDefinition, TracerDefinition } from "./definition.ts";
import { disposeAll } from "./dispose-all.ts";
import { IntervalClock, systemClock } from "./interval-clock.ts";
import type { TracerOptions } from "./options.ts";
import { type SampledObject, Sampler } from "./sampler.ts";
import { checkIntervalOptions, type IntervalOptions, type Tracer, type TracerDescription } from "./tracer.ts";

/** A reading with its decoded form; the bytes of `raw` change with the next one. */
interface Reading<Row> {
  readonly raw: RawSnapshot;
  readonly tables: readonly Table<Row>[];
  readonly atNs: number;
  readonly wallClock: Date;
}

/** A loaded object, the programs to attach in their order, and what to read. */
export interface TracedObject extends SampledObject {
  readonly programs: readonly string[];
  readonly attachTo?: ObjectDefinition["attachTo"] | undefined;
}

/** What a tracer is made of. */
export interface TracerParts<Row> {
  readonly definition: Pick<TracerDefinition<Row>, "schema" | "exclusive" | "annotate" | "decode">;
  readonly options: TracerOptions;
  readonly possibleCpus: readonly number[];
  /** Become the tracer's own. */
  readonly objects: readonly TracedObject[];
  /** Held while the cost of the programs is measured; becomes the tracer's own. */
  readonly statistics: Disposable | null;
  readonly description: TracerDescription;
}

/** A tracer over loaded objects: attaches them, reads them, detaches them. */
export class SamplingTracer<Row> implements Tracer<Row> {
  readonly #parts: TracerParts<Row>;
  readonly #sampler: Sampler;
  readonly #attachments: readonly Disposable[];
  readonly #startUnixMs: number;
  readonly #startNs: number;
  readonly #disposal: AbortController = new AbortController();
  #running: readonly IntervalRows<Row>[] | null = null;

  constructor(parts: TracerParts<Row>) {
    this.#parts = parts;
    this.#sampler = new Sampler(parts.objects);
    this.#startUnixMs = Date.now();
    this.#startNs = Bun.nanoseconds();
    // If one cannot be attached, whoever made the parts closes all objects, which detaches the others.
    this.#attachments = parts.objects.map(({ object, programs, attachTo }) =>
      object.attach({ order: programs, tracepoints: attachTo }),
    );
  }

  get description(): TracerDescription {
    return this.#parts.description;
  }

  snapshot(): Snapshot<Row> {
    const { raw, tables } = this.#read();
    return snapshotOf(raw, tables.flatMap(cumulativeRows));
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
    const { objects, statistics } = this.#parts;
    const closed = objects.toReversed().map(({ object }) => object);
    disposeAll([...this.#attachments.toReversed(), ...closed, statistics]);
  }

  /** Starts with the first `next()`: an iterator that is only made, and perhaps returned, is none that is running. */
  async *#iterate({
    everyMs,
    count = Number.POSITIVE_INFINITY,
    signal,
  }: IntervalOptions): AsyncGenerator<Interval<Row>, void, undefined> {
    this.#checkIdle();
    const start = this.#read();
    const rows = start.tables.map((table) => new IntervalRows(table));
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
        const gained = reading.tables.flatMap((table, index) => rows[index]?.end(table) ?? []);
        const interval = intervalBetween(last, reading, gained);
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
    const { lost, cost } = this.#programCounters();
    const bare: RawSnapshot = {
      schema: definition.schema,
      measure: options.measure ?? "time",
      perCpu: options.perCpu ?? false,
      ...(definition.exclusive === true ? { exclusive: true } : {}),
      epoch,
      possibleCpus,
      startUnixMs: this.#startUnixMs,
      elapsedNs: atNs - this.#startNs,
      lost,
      ...(cost === undefined ? {} : { cost }),
      maps: this.#sampler.maps(),
    };
    const raw = definition.annotate?.(bare) ?? bare;
    const tables = definition.decode(raw);
    tables.forEach((table, index) => {
      this.#running?.[index]?.observe(table);
    });
    return { raw, tables, atNs, wallClock };
  }

  #programCounters(): { readonly lost: Lost; readonly cost: Cost | undefined } {
    const { objects, options, statistics } = this.#parts;
    const sum = (variable: string): number =>
      objects.reduce((total, { object }) => total + Number(object.section("bss").read(variable)), 0);
    const all = objects.flatMap(({ object, programs }) => programs.map((name) => object.program(name).statistics()));
    const misses = all.map(({ recursionMisses }) => recursionMisses);
    const lost = {
      ...(options.measure === "count" ? {} : { unmatched: sum("unmatched") }),
      tableFull: sum("table_full"),
      recursionMisses: misses.includes(null) ? null : misses.reduce<number>((total, miss) => total + (miss ?? 0), 0),
    };
    return { lost, cost: statistics === null ? undefined : costOf(all) };
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

function intervalBetween<Row>(from: Reading<Row>, to: Reading<Row>, rows: readonly Row[]): Interval<Row> {
  const { lost, cost } = to.raw;
  return {
    start: from.wallClock,
    intervalNs: to.atNs - from.atNs,
    lost: lostSince(lost, from.raw.lost),
    ...(cost === undefined || from.raw.cost === undefined ? {} : { cost: costSince(cost, from.raw.cost) }),
    rows,
  };
}

function costOf(programs: readonly ProgramStatistics[]): Cost {
  const sum = (key: "runTimeNs" | "runCount"): number => programs.reduce((total, program) => total + program[key], 0);
  return { runTimeNs: sum("runTimeNs"), runCount: sum("runCount") };
}
