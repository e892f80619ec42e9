import type { LibbpfInfo } from "@irqtrace/loader";
import type { Flavour } from "@irqtrace/tracer";
import type { SlowClass, SlowEvent } from "./slow-event.ts";

/** What a trace of slow interrupts loaded. */
export interface SlowDescription {
  readonly flavour: Flavour;
  readonly libbpf: LibbpfInfo;
  readonly programs: readonly string[];
  readonly maps: readonly { readonly name: string; readonly entries: number; readonly bytes: number }[];
  /** The classes that are traced. */
  readonly classes: readonly SlowClass[];
  /** Those that this kernel or architecture does not have. */
  readonly absentClasses: readonly SlowClass[];
  /** Whether the kernel hides its addresses: stacks have no names then, and most modes are unknown. */
  readonly hidesAddresses: boolean;
  readonly overNs: number;
}

/**
 * A running trace of slow interrupts. Programs are attached from the moment it exists until it is disposed of, or
 * {@link SlowTracer.batches} has ended.
 *
 * @example
 * ```ts
 * // kernel
 * import { traceSlow } from "@irqtrace/interrupts";
 *
 * using tracer = traceSlow({ overNs: 50_000, classes: ["softirq"] });
 * for await (const { events } of tracer.batches({ signal: AbortSignal.timeout(200) })) {
 *   for (const { name, durationNs, task } of events) console.log(name, durationNs, task.comm);
 * }
 * console.log(tracer.lost().suppressed);
 * ```
 */
export interface SlowTracer extends Disposable {
  readonly description: SlowDescription;
  /**
   * Events, a few at a time, some ten milliseconds after they happened and in about the order in which they ended. An abort
   * detaches the programs, yields what is left, and ends. Leaving the loop detaches them too, and nothing more can be
   * read; an iterator's `return()` settles at once.
   *
   * @throws TypeError if it is called a second time, or after disposal; TypeError or RangeError for a wrong option.
   */
  batches(options?: SlowBatchOptions): AsyncIterable<SlowBatch>;
  /** What was not reported, since attach. */
  lost(): SlowLost;
}

/** What happened and was not reported. */
export interface SlowLost {
  /** Beyond the limit of their CPU. */
  readonly suppressed: number;
  /** There was no room in the buffer, or an NMI came while the buffer was in use. */
  readonly bufferFull: number;
  /** Exits whose entry was not seen: of handlers that ran when the trace started, or irqs beyond the table. Not timed. */
  readonly unmatched: number;
  /** Runs of softirqs without a raise that is remembered, where `raise` is traced. Not timed. */
  readonly unmatchedRaise: number;
  /** Programs that the kernel left out because they ran on that CPU already; `null` where it does not count them. */
  readonly recursionMisses: number | null;
  /** CPUs that lost events, by their numbers. */
  readonly perCpu: readonly { readonly cpu: number; readonly suppressed: number; readonly bufferFull: number }[];
}

/** Some events, and what was lost since attach. */
export interface SlowBatch {
  readonly events: readonly SlowEvent[];
  readonly lost: SlowLost;
}

/** How {@link SlowTracer.batches} reads. */
export interface SlowBatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from one look into an empty buffer to the next; 50 by default. Events that wait are read at once. */
  readonly everyMs?: number | undefined;
}
