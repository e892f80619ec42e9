import { SYSTEM_VECTORS } from "@irqtrace/hardirqs/decode";
import { type KernelSymbols, readKernelSymbols } from "@irqtrace/loader";
import { VECTORS } from "@irqtrace/softirqs/decode";
import type { SlowRecord } from "./decode-slow-record.ts";
import { interruptedMode } from "./interrupted-mode.ts";
import type { SlowEvent } from "./slow-event.ts";
import { FrameNames, withoutTracing } from "./stack-frames.ts";

/** Where names come from. */
export interface NameSources {
  /** Whether events have their stacks. */
  readonly stack: boolean;
  pathOf(cgroupId: bigint): string | null;
  /** The most frames that the kernel gives, where that is fewer than a record has room for. */
  readonly maxFrames?: number;
  /** Read when first needed; /proc/kallsyms by default. */
  readonly readSymbols?: () => KernelSymbols;
}

/** Spurious interrupts may have any number, so this is no table of all. */
const VECTOR_NAMES: ReadonlyMap<number, string> = new Map(SYSTEM_VECTORS.map(({ vector, name }) => [vector, name]));

/** Makes events of records: names for numbers and addresses. */
export class SlowEventNames {
  readonly #sources: NameSources;
  #symbols: KernelSymbols | null = null;
  #frames: FrameNames | null = null;

  constructor(sources: NameSources) {
    this.#sources = sources;
  }

  /** @param realtimeMinusBootNs what the two clocks differ by now */
  eventOf(record: SlowRecord, realtimeMinusBootNs: bigint): SlowEvent {
    const { class: slowClass, cpu, number, bootNs, durationNs, cgroupId, task } = record;
    const frames = record.frames.length === 0 ? [] : this.#allFrames().nameAll(record.frames);
    const isWhole = record.isWhole && frames.length < (this.#sources.maxFrames ?? Number.POSITIVE_INFINITY);
    const symbols = frames.map(({ symbol }) => symbol);
    const hasVector = slowClass === "vector" || slowClass === "softirq" || slowClass === "raise";
    const hasIrq = slowClass === "device" || (slowClass === "ipi" && number > 0);
    return {
      class: slowClass,
      unixMs: unixMs(bootNs + realtimeMinusBootNs),
      bootNs,
      cpu,
      ...(hasIrq ? { irq: number } : {}),
      ...(hasVector ? { vector: number } : {}),
      name: this.#nameOf(record),
      durationNs,
      task,
      mode: interruptedMode({ class: slowClass, tid: task.tid, symbols, isWhole }),
      cgroup: this.#sources.pathOf(cgroupId),
      cgroupId,
      ...(this.#sources.stack ? { stack: withoutTracing(frames) } : {}),
    };
  }

  #nameOf({ class: slowClass, number, name, address }: SlowRecord): string {
    if (slowClass === "softirq" || slowClass === "raise") return VECTORS[number]?.name ?? `softirq ${number}`;
    if (slowClass === "vector") return VECTOR_NAMES.get(number) ?? "spurious_apic";
    if (slowClass !== "nmi") return name;
    return this.#allSymbols().find(address)?.name ?? `0x${address.toString(16)}`;
  }

  #allFrames(): FrameNames {
    this.#frames ??= new FrameNames(this.#allSymbols());
    return this.#frames;
  }

  #allSymbols(): KernelSymbols {
    this.#symbols ??= (this.#sources.readSymbols ?? readKernelSymbols)();
    return this.#symbols;
  }
}

/** Milliseconds as a number: of a time of this century a quarter of a microsecond is the last bit. */
function unixMs(realtimeNs: bigint): number {
  return Number(realtimeNs / 1_000_000n) + Number(realtimeNs % 1_000_000n) / 1e6;
}
