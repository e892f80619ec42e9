import type { BpfMap } from "./bpf-map.ts";
import { CallbackRing } from "./callback-ring.ts";
import type { ShimFunctions } from "./find-libbpf.ts";
import { KernelMap } from "./kernel-map.ts";
import { MappedRing } from "./mapped-ring.ts";
import { nativeCalls } from "./native-calls.ts";
import { RingBufferReader } from "./ring-buffer-reader.ts";
import type { RingMap } from "./ring-positions.ts";

/**
 * Receives one record: `byteLength` bytes from `byteOffset` of the view on. They are valid during the call alone;
 * `codec(layout).decode(view, byteOffset)` copies them.
 */
export type RecordHandler = (view: DataView, byteOffset: number, byteLength: number) => void;

/** How {@link RingBuffer.consume} consumes. */
export interface ConsumeOptions {
  /** Records at most; by default all that were there when the call began, so that a busy producer cannot hold it up. */
  readonly limit?: number | undefined;
}

/** How {@link RingBuffer.available} waits. */
export interface AvailableOptions {
  /** Milliseconds from one look to the next, 2^31 - 1 at most; 10 by default. */
  readonly everyMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The reading end of a ring buffer map. There may be one per map at a time.
 *
 * Waking a reader up costs an interrupt, on a machine whose interrupts may be what is measured. Programs that submit
 * with BPF_RB_NO_WAKEUP are read by looking from time to time: {@link available}, or a timer of your own. A full ring
 * refuses records: programs see that and should count it.
 *
 * @example
 * ```ts
 * import { codec } from "@irqtrace/decode";
 * import { type BpfMap, ringBuffer } from "@irqtrace/loader";
 *
 * const event = codec({ kind: "struct", name: "event", size: 8, fields: [{ name: "sequence", offset: 0, type: "u53" }] });
 *
 * async function print(events: BpfMap, signal: AbortSignal): Promise<void> {
 *   using ring = ringBuffer(events);
 *   while (await ring.available({ everyMs: 20, signal })) {
 *     ring.consume((view, byteOffset) => console.log(event.decode(view, byteOffset).sequence));
 *   }
 * }
 * console.log(typeof print); // function
 * ```
 */
export interface RingBuffer extends Disposable {
  /** The ring's size. */
  readonly byteLength: number;
  /** Bytes written but not consumed, headers included. */
  readonly pendingBytes: number;
  /**
   * Hands the records to the handler, oldest first, and gives their number. A record counts as consumed when the handler
   * returns or throws; what it throws ends the call.
   */
  consume(handler: RecordHandler, options?: ConsumeOptions): number;
  /**
   * Waits, without a wake-up by the kernel, until there are records (`true`) or the signal aborts (`false`). Timers and
   * signals get their turn before each `true`, and what {@link consume} could not take yet is waited for.
   *
   * @throws RangeError if `everyMs` is no number of 1 or more
   * @throws Error if the ring buffer or its object is closed, which ends a wait at once
   */
  available(options?: AvailableOptions): Promise<boolean>;
  /**
   * Blocks this thread until the kernel says that there are records (`true`) or the time is up (`false`). Records
   * submitted with BPF_RB_NO_WAKEUP while it blocks do not end it.
   *
   * @param timeoutMs milliseconds; -1 waits without end
   */
  block(timeoutMs: number): boolean;
}

/** A way to read a ring buffer. */
export interface RecordSource extends Disposable {
  readonly byteLength: number;
  readonly pendingBytes: number;
  consume(handler: RecordHandler, limit: number): number;
}

/**
 * Opens the reading end of a map of kind ringbuf. It ends with the map's object.
 *
 * @throws TypeError if the map is of another kind
 * @throws {@link BpfError} if the kernel refuses
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject, ringBuffer } from "@irqtrace/loader";
 *
 * using loaded = openObject(softirqsObject()).load();
 * for (const name of loaded.mapNames) {
 *   const map = loaded.map(name);
 *   if (map.kind === "ringbuf") console.log(ringBuffer(map).pendingBytes);
 * }
 * ```
 */
export function ringBuffer(map: Pick<BpfMap, "kind" | "name">): RingBuffer {
  const source: unknown = map;
  if (!(source instanceof KernelMap))
    throw new TypeError("Cannot read a ring buffer from that: give a map of this package.");
  if (source.kind !== "ringbuf") {
    throw new TypeError(`Cannot read "${source.name}" as a ring buffer: it is a map of kind ${source.kind}.`);
  }
  const records = openRecords(source, process.arch, nativeCalls().found.shim);
  return new RingBufferReader(source, records);
}

/**
 * Opens the fastest right way to read: plain loads suffice in x86's order of them; elsewhere the shim has those that are
 * needed, or libbpf itself.
 */
export function openRecords(map: RingMap, arch: string, shim: ShimFunctions | null): RecordSource {
  if (arch === "x64") return new MappedRing(map);
  return shim === null ? new CallbackRing(map) : new MappedRing(map, shim);
}
