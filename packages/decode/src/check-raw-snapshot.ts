import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import type { RawMap, RawSnapshot } from "./raw-snapshot.ts";

const AS_CAPTURED = "Pass it as capture() gave it.";

/**
 * Checks that this is a raw snapshot, before anything of it is decoded: it may come from a file, or from anyone. Its maps
 * are checked by `rawMap` as they are decoded.
 *
 * @param schema What the decoder decodes; any by default.
 * @throws LayoutMismatchError if it is of another schema, or no raw snapshot at all.
 *
 * @example
 * ```ts
 * import { checkRawSnapshot, LayoutMismatchError, type RawSnapshot } from "@irqtrace/decode";
 *
 * const stored: RawSnapshot = JSON.parse('{ "schema": "example/1" }');
 * try {
 *   checkRawSnapshot(stored, "example/1");
 * } catch (error) {
 *   console.log(error instanceof LayoutMismatchError); // true
 * }
 * ```
 */
export function checkRawSnapshot(raw: RawSnapshot, schema?: string): void {
  checkHeader(raw, schema);
  const { measure, perCpu, epoch, possibleCpus, startUnixMs, elapsedNs, lost, classes, places } = raw;
  const wrong = Object.entries({
    measure: measure === "time" || measure === "count",
    perCpu: typeof perCpu === "boolean",
    epoch: Number.isSafeInteger(epoch),
    possibleCpus: possibleCpus.every((cpu) => Number.isSafeInteger(cpu) && cpu >= 0),
    startUnixMs: Number.isFinite(startUnixMs),
    elapsedNs: Number.isFinite(elapsedNs),
    lost: isObject(lost),
    classes: classes === undefined || Array.isArray(classes),
    places: places === undefined || places === "thread" || places === "stack",
  }).find(([, isRight]) => !isRight);
  if (wrong !== undefined)
    throw new LayoutMismatchError(`Cannot decode the snapshot: its "${wrong[0]}" is no such thing. ${AS_CAPTURED}`);
}

/** What everything else depends on; little, because every map of every reading passes here. */
export function checkHeader(raw: RawSnapshot, schema: string | undefined): void {
  if (!isObject(raw)) throw new LayoutMismatchError(`Cannot decode that: it is no raw snapshot. ${AS_CAPTURED}`);
  if (schema !== undefined && raw.schema !== schema) {
    throw new LayoutMismatchError(
      `Cannot decode a snapshot of "${raw.schema}": this decodes "${schema}". Use the package that captured it.`,
    );
  }
  if (!isObject(raw.maps)) throw new LayoutMismatchError(`Cannot decode the snapshot: it has no maps. ${AS_CAPTURED}`);
  if (!Array.isArray(raw.possibleCpus) || raw.possibleCpus.length === 0)
    throw new LayoutMismatchError(`Cannot decode the snapshot: it names no possible CPUs. ${AS_CAPTURED}`);
}

/** Checks that a map has as many bytes as its shape says, neither fewer nor more: rows would be others' otherwise. */
export function checkRawMap(name: string, map: RawMap, cpus: number): void {
  const { entries, valueStride, bytes } = map;
  // Rows would be given to CPUs that nobody knows.
  if (map.cpus !== 1 && map.cpus !== cpus) {
    throw new LayoutMismatchError(
      `Cannot decode the map "${name}": its values are of ${map.cpus} CPUs, and the snapshot has ${cpus}. ${AS_CAPTURED}`,
    );
  }
  if (!isUint8Array(bytes)) {
    throw new LayoutMismatchError(
      `Cannot decode the map "${name}": its bytes are no Uint8Array. JSON does not keep one: store the bytes as Base64, for instance, and make a Uint8Array of them again.`,
    );
  }
  const expected = entries * map.cpus * valueStride;
  if (!(Number.isSafeInteger(entries) && entries >= 0 && bytes.byteLength === expected)) {
    throw new LayoutMismatchError(
      `Cannot decode the map "${name}": ${entries} entries take ${expected} bytes, and it has ${bytes.byteLength}. ${AS_CAPTURED}`,
    );
  }
}

export const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Whatever realm it comes from: that of a frame or a test has a Uint8Array of its own. */
const isUint8Array = (value: unknown): boolean => Object.prototype.toString.call(value) === "[object Uint8Array]";
