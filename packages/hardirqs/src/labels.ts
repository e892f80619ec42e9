import { hardirqs as layouts } from "@irqtrace/bpf-objects/layouts";
import { type BankOffsets, bankOffsets, codec, fieldAt, type RawMap, viewOf } from "@irqtrace/decode";

/** Who a slot's events belong to. */
export interface Label {
  readonly irq: number;
  readonly name: string;
  /** Position on the line. */
  readonly action: number;
  /** Whether it is what CPUs interrupt each other with on arm64: such irqs are no device's, and /proc hides them. */
  readonly isIpi: boolean;
}

const row = layouts.maps.rows.value;
const label = codec(row.fields[0].type.of);
const usedOffset = fieldAt(row, "used").offset;
/** As in action-rows.bpf.h. */
const USED_BY_IPI = 2;
const irqOffset = fieldAt(row, "irq").offset;
const offsets: BankOffsets = bankOffsets(row, "labels", "");

interface Named {
  readonly irq: number;
  readonly name: string;
  readonly followers: number;
  readonly isIpi: boolean;
}

/** The labels of all slots, each from the bank that was written last. */
export function decodeLabels(map: RawMap): Label[] {
  const view = viewOf(map);
  const named = Array.from({ length: map.entries }, (_, slot) => readNamed(view, slot * map.valueStride));
  // An action knows how many come after it, and nobody tells how many come before: the first of a line has the most.
  const mostFollowers = new Map<number, number>();
  for (const { irq, followers } of named) mostFollowers.set(irq, Math.max(followers, mostFollowers.get(irq) ?? 0));
  return named.map(({ irq, name, followers, isIpi }) => ({
    irq,
    name,
    action: (mostFollowers.get(irq) ?? 0) - followers,
    isIpi,
  }));
}

function readNamed(view: DataView, at: number): Named {
  const [first, second] = offsets.map((offset) => label.decode(view, at + offset));
  const latest = (second?.epoch ?? 0) > (first?.epoch ?? 0) ? second : first;
  const { name = "", followers = 0 } = latest ?? {};
  const isIpi = view.getUint32(at + usedOffset, true) === USED_BY_IPI;
  return { irq: view.getUint32(at + irqOffset, true), name, followers, isIpi };
}
