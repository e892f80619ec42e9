import { checkRawSnapshot, cumulativeRows, type RawSnapshot, type Snapshot, snapshotOf } from "@irqtrace/decode";
import type { VictimRow } from "./victim-row.ts";
import { VICTIM_SCHEMA, victimTable } from "./victim-table.ts";

/**
 * Decodes what `capture()` of a tracer of victims gave, anywhere.
 *
 * @throws LayoutMismatchError if it is no raw snapshot of victims, or is damaged. RangeError if a counter is above
 * 2^53 - 1.
 *
 * @example
 * ```ts
 * import { decodeVictims, type RawSnapshot } from "@irqtrace/interrupts/decode";
 *
 * const stolenNs = (raw: RawSnapshot, tid: number): number =>
 *   decodeVictims(raw).rows.reduce((sum, row) => sum + (row.tid === tid ? row.totalNs : 0), 0);
 * console.log(typeof stolenNs); // function
 * ```
 */
export function decodeVictims(raw: RawSnapshot): Snapshot<VictimRow> {
  checkRawSnapshot(raw, VICTIM_SCHEMA);
  return snapshotOf(raw, cumulativeRows(victimTable(raw)));
}
