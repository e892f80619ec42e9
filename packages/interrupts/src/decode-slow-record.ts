import { slow } from "@irqtrace/bpf-objects/layouts";
import { codec, LayoutMismatchError } from "@irqtrace/decode";
import { type InterruptedTask, SLOW_CLASSES, type SlowClass } from "./slow-event.ts";

/** A record of report.bpf.h as it is: numbers and addresses that are yet to be named. */
export interface SlowRecord {
  readonly class: SlowClass;
  readonly cpu: number;
  /** irq or vector, 0 where there is none. */
  readonly number: number;
  /** Of the action or IPI, empty where the number says it all. */
  readonly name: string;
  /** Of an NMI's handler, else 0. */
  readonly address: bigint;
  /** When it ended, by the boot clock. */
  readonly bootNs: bigint;
  readonly durationNs: number;
  readonly cgroupId: bigint;
  readonly task: InterruptedTask;
  /** The kernel's stack, innermost first; empty where none was taken. */
  readonly frames: readonly bigint[];
  /** False where there may be more frames than there was room for. */
  readonly isWhole: boolean;
}

const [{ type: layout }] = slow.sections.bss.fields;
const record = codec(layout);
const FRAME_BYTES = 8;
/** MAX_FRAMES of report.bpf.h. */
const MAX_FRAMES = 127;

/**
 * Decodes what a ring buffer of slow.bpf.c gave.
 *
 * @throws LayoutMismatchError if it is shorter than a record, or of a class that is not known here.
 *
 * @example
 * ```ts
 * import { decodeSlowRecord } from "@irqtrace/interrupts/decode";
 *
 * const bytes = new DataView(new ArrayBuffer(136));
 * bytes.setUint32(36, 4, true);
 * console.log(decodeSlowRecord(bytes).class); // softirq
 * ```
 */
export function decodeSlowRecord(
  view: DataView,
  byteOffset = 0,
  byteLength: number = view.byteLength - byteOffset,
): SlowRecord {
  if (byteLength < record.size)
    throw new LayoutMismatchError(`A record of slow interrupts has ${byteLength} bytes instead of ${record.size}.`);
  const header = record.decode(view, byteOffset);
  const { cpu, number, name, address, comm, pid, tid } = header;
  const slowClass = SLOW_CLASSES[header.class];
  if (slowClass === undefined)
    throw new LayoutMismatchError(`A record of slow interrupts is of class ${header.class}, which is not known.`);
  const room = Math.floor((byteLength - record.size) / FRAME_BYTES);
  const count = Math.min(room, Math.max(0, Math.floor(header.stack_bytes / FRAME_BYTES)));
  const framesAt = byteOffset + record.size;
  return {
    class: slowClass,
    cpu,
    number,
    name,
    address,
    bootNs: header.boot_ns,
    durationNs: Number(header.duration_ns),
    cgroupId: header.cgroup_id,
    task: { comm, pid, tid },
    frames: Array.from({ length: count }, (_, index) => view.getBigUint64(framesAt + index * FRAME_BYTES, true)),
    isWhole: count < MAX_FRAMES,
  };
}
