import { checkHeader, checkRawMap, isObject } from "./check-raw-snapshot.ts";
import type { Cost } from "./cost.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import { perCpuStride } from "./u53.ts";

/**
 * What could not be measured, since attach or within an interval. Nothing is dropped without being counted here.
 *
 * @example
 * ```ts
 * import type { Lost } from "@irqtrace/decode";
 *
 * const lost: Lost = { unmatched: 0, tableFull: 0, recursionMisses: null };
 * console.log(lost.recursionMisses === null); // true: this kernel does not count them
 * ```
 */
export interface Lost {
  /** Exits without an entry of their own: counted, never timed. Absent when only counts are measured. */
  readonly unmatched?: number;
  /** Events of a source for which the tables had no room. */
  readonly tableFull: number;
  /** Runs of our programs that the kernel skipped to avoid recursion; null where it does not count them (5.10). */
  readonly recursionMisses: number | null;
}

/**
 * The bytes of one array map as `bpf_map_lookup_batch` gives them: `entries` items one after the other, each with one
 * value per possible CPU when the map is per-CPU. Only the idle bank of each value was being trusted when it was
 * copied here, so every bank is whole.
 *
 * @example
 * ```ts
 * import type { RawMap } from "@irqtrace/decode";
 *
 * const map: RawMap = { entries: 10, cpus: 2, valueStride: 8, bytes: new Uint8Array(10 * 2 * 8) };
 * console.log(map.bytes.length === map.entries * map.cpus * map.valueStride); // true
 * ```
 */
export interface RawMap {
  readonly entries: number;
  /** Values per entry: 1, or the number of possible CPUs. */
  readonly cpus: number;
  /** Bytes from one value to the next: the value's size rounded up to 8. */
  readonly valueStride: number;
  readonly bytes: Uint8Array;
}

/**
 * Everything that a tracer read at one instant, as plain data: it can be cloned, posted to a worker, stored, and decoded
 * where there is neither Bun nor Linux, by `@irqtrace/hardirqs/decode` or `@irqtrace/softirqs/decode`.
 *
 * `structuredClone`, `postMessage`, IndexedDB and `serialize` of node:v8 keep it as it is. JSON does not: there the `bytes`
 * of each map have to become text, Base64 for instance, and a `Uint8Array` again before they are decoded.
 *
 * @example
 * ```ts
 * import type { RawSnapshot } from "@irqtrace/decode";
 *
 * const isTimed = (raw: RawSnapshot): boolean => raw.measure === "time";
 * console.log(typeof isTimed); // function
 * ```
 */
export interface RawSnapshot {
  /** Which decoder it is for, and the version of this shape: "irqtrace.hardirqs/1". */
  readonly schema: string;
  readonly measure: "time" | "count";
  /** Whether a row is wanted for each CPU. */
  readonly perCpu: boolean;
  /** Whether rows have exclusive times beside the whole ones; absent means no. */
  readonly exclusive?: boolean;
  /** The classes of interrupts that rows are wanted of; absent means all that were traced. */
  readonly classes?: readonly string[];
  /** Names of kernel functions by address ("0xffffffff81000000"), as far as rows need them and the kernel tells. */
  readonly symbols?: Readonly<Record<string, string>>;
  /** By what the places where softirqs ran are told apart; absent where that was not asked. */
  readonly places?: "thread" | "stack";
  /** The epoch that ended when this was read; banks are chosen by its parity. */
  readonly epoch: number;
  /** Numbers of the possible CPUs, in the order of the values of a per-CPU map. */
  readonly possibleCpus: readonly number[];
  /** Wall clock at attach, in ms since 1970. */
  readonly startUnixMs: number;
  /** Time since attach by the monotonic clock. */
  readonly elapsedNs: number;
  readonly lost: Lost;
  /** Present if it was asked for. */
  readonly cost?: Cost;
  /** Paths of cgroups by the numbers that the kernel gives them, as far as rows need them and they are there. */
  readonly cgroups?: Readonly<Record<string, string>>;
  readonly maps: Readonly<Record<string, RawMap>>;
}

/**
 * A map of a raw snapshot that a decoder expects.
 *
 * @param valueSize Bytes of a value, by the layout that the decoder was made for.
 * @throws LayoutMismatchError if the snapshot is of another schema or none at all, or lacks the map, or has other values
 * in it, or values of other CPUs, or more or fewer bytes than they take.
 *
 * @example
 * ```ts
 * import { type RawSnapshot, rawMap, sumColumn } from "@irqtrace/decode";
 *
 * const counts = (raw: RawSnapshot): Float64Array => sumColumn(rawMap(raw, "example/1", "cells", 16), [0, 8], false);
 * console.log(typeof counts); // function
 * ```
 */
export function rawMap(raw: RawSnapshot, schema: string, name: string, valueSize: number): RawMap {
  checkHeader(raw, schema);
  const map = raw.maps[name];
  if (!isObject(map))
    throw new LayoutMismatchError(`Cannot decode the snapshot: it has no map "${name}". Pass it as capture() gave it.`);
  if (map.valueStride !== perCpuStride(valueSize)) {
    throw new LayoutMismatchError(
      `Cannot decode the map "${name}": its values take ${map.valueStride} bytes, not ${perCpuStride(valueSize)}. Use the version that captured it.`,
    );
  }
  checkRawMap(name, map, raw.possibleCpus.length);
  return map;
}
