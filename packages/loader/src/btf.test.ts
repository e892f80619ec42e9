import { expect, test } from "bun:test";
import { Btf } from "./btf.ts";
import { BpfError } from "./errors.ts";
import { BtfBuilder } from "./testing/btf-builder.ts";

function someBtf(): Uint8Array<ArrayBuffer> {
  const types = new BtfBuilder();
  const int = types.int("int", 4, 1);
  types.struct("pair", 8, [
    { name: "left", type: int, bitOffset: 0 },
    { name: "right", type: int, bitOffset: 32 },
  ]);
  return types.bytes();
}

test("types are numbered from 1, 0 being void", () => {
  const btf = new Btf(someBtf(), "test");
  expect(btf.typeCount).toBe(3);
  expect([btf.type(1).name, btf.type(2).name]).toEqual(["int", "pair"]);
  expect(() => btf.type(0)).toThrow(BpfError);
  expect(() => btf.type(3)).toThrow(BpfError);
});

test("bytes within a larger buffer are read at their offset", () => {
  const bytes = someBtf();
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 7);
  expect(new Btf(larger.subarray(7), "test").type(2).name).toBe("pair");
});

test("BTF cut off anywhere is refused, never read beyond its end", () => {
  const bytes = someBtf();
  for (let length = 0; length < bytes.length; length++) {
    const cut = bytes.slice(0, length);
    expect(() => new Btf(cut, "test")).toThrow(BpfError);
  }
});

test("a kind from the future is refused by its number", () => {
  const types = new BtfBuilder();
  types.raw(27, 0);
  expect(() => new Btf(types.bytes(), "test")).toThrow("unknown kind 27");
});

test("more members than there are bytes are refused", () => {
  const types = new BtfBuilder();
  types.raw(4, 8, [], 60_000);
  expect(() => new Btf(types.bytes(), "test")).toThrow("ends within a type");
});

test("a name outside of the strings is refused when it is asked for", () => {
  const bytes = someBtf();
  new DataView(bytes.buffer).setUint32(24, 5_000, true);
  const btf = new Btf(bytes, "test");
  expect(() => btf.type(1)).toThrow("outside of its string table");
});
