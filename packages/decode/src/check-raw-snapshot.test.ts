import { describe, expect, test } from "bun:test";
import { runInNewContext } from "node:vm";
import { checkRawSnapshot } from "./check-raw-snapshot.ts";
import { LayoutMismatchError } from "./layout-mismatch-error.ts";
import { type RawMap, type RawSnapshot, rawMap } from "./raw-snapshot.ts";

const SCHEMA = "example/1";
const cells: RawMap = { entries: 3, cpus: 2, valueStride: 16, bytes: new Uint8Array(3 * 2 * 16) };
const raw: RawSnapshot = {
  schema: SCHEMA,
  measure: "time",
  perCpu: false,
  epoch: 8,
  possibleCpus: [0, 4],
  startUnixMs: 0,
  elapsedNs: 1e9,
  lost: { tableFull: 0, recursionMisses: null },
  maps: { cells },
};
/** What anyone can pass, whatever the types say. */
const wrong = (value: unknown): never => value as never;
const withCells = (changed: Partial<Record<keyof RawMap, unknown>>): RawSnapshot => ({
  ...raw,
  maps: { cells: wrong({ ...cells, ...changed }) },
});

describe("a raw snapshot", () => {
  test("is taken as it was captured, cloned or in a view of Node's", () => {
    for (const whole of [raw, structuredClone(raw), withCells({ bytes: Buffer.alloc(96) })]) {
      checkRawSnapshot(whole, SCHEMA);
      checkRawSnapshot(whole);
      expect(rawMap(whole, SCHEMA, "cells", 16).bytes).toHaveLength(96);
    }
  });

  test("may come from another realm", () => {
    const bytes: unknown = runInNewContext("new Uint8Array(96)");
    expect(rawMap(withCells({ bytes }), SCHEMA, "cells", 16).entries).toBe(3);
  });

  test.each([
    ["nothing", null, "no raw snapshot"],
    ["a text", "irqtrace", "no raw snapshot"],
    ["nothing in it", {}, 'of "undefined"'],
    ["another schema", { ...raw, schema: "other/1" }, 'of "other/1"'],
    ["no maps", { ...raw, maps: undefined }, "no maps"],
    ["no possible CPUs", { ...raw, possibleCpus: undefined }, "no possible CPUs"],
    ["an empty list of CPUs", { ...raw, possibleCpus: [] }, "no possible CPUs"],
    ["CPUs by name", { ...raw, possibleCpus: ["cpu0", "cpu1"] }, '"possibleCpus"'],
    ["an unknown measure", { ...raw, measure: "times" }, '"measure"'],
    ["no epoch", { ...raw, epoch: undefined }, '"epoch"'],
    ["no time", { ...raw, elapsedNs: null }, '"elapsedNs"'],
    ["nothing of what was lost", { ...raw, lost: undefined }, '"lost"'],
    ["classes as a text", { ...raw, classes: "device" }, '"classes"'],
    ["unknown places", { ...raw, places: "somewhere" }, '"places"'],
  ])("with %s is refused", (_, damaged, text) => {
    const check = (): void => checkRawSnapshot(wrong(damaged), SCHEMA);
    expect(check).toThrow(LayoutMismatchError);
    expect(check).toThrow(text);
  });
});

describe("a map of a raw snapshot is refused", () => {
  test.each([
    ["that is not there", { ...raw, maps: {} }, 'no map "cells"'],
    ["that is null", { ...raw, maps: { cells: null } }, 'no map "cells"'],
    ["with bytes that went through JSON", JSON.parse(JSON.stringify(raw)), "no Uint8Array"],
    ["with bytes as a text", withCells({ bytes: "AAAA" }), "no Uint8Array"],
    ["with bytes as a buffer", withCells({ bytes: new ArrayBuffer(96) }), "no Uint8Array"],
    ["with no bytes", withCells({ bytes: undefined }), "no Uint8Array"],
    ["with bytes missing", withCells({ bytes: new Uint8Array(95) }), "take 96 bytes, and it has 95"],
    ["with more bytes than its shape says", withCells({ bytes: new Uint8Array(97) }), "take 96 bytes, and it has 97"],
    ["with values of one CPU that are those of two", withCells({ cpus: 1 }), "take 48 bytes, and it has 96"],
    ["with values of more CPUs than there are", withCells({ cpus: 3 }), "of 3 CPUs"],
    ["with half an entry", withCells({ entries: 0.5, bytes: new Uint8Array(16) }), "0.5 entries"],
    ["with fewer entries than none", withCells({ entries: -1 }), "-1 entries"],
    ["with other values", withCells({ valueStride: 8 }), "take 8 bytes, not 16"],
  ])("%s", (_, damaged, text) => {
    const read = (): RawMap => rawMap(wrong(damaged), SCHEMA, "cells", 16);
    expect(read).toThrow(LayoutMismatchError);
    expect(read).toThrow(text);
  });
});
