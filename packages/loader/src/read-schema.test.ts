import { describe, expect, test } from "bun:test";
import { BpfError } from "./errors.ts";
import { readSchema } from "./read-schema.ts";
import { BtfBuilder, type BuiltSection, type BuiltSymbol, buildElf } from "./testing/btf-builder.ts";

const PROGBITS = 1;
const NOBITS = 8;
const EXECUTABLE = 4;
const FUNCTION = 2;
const OBJECT = 1;

const read = (bytes: Uint8Array): ReturnType<typeof readSchema> => readSchema(bytes, { name: "tool" });

function withBtf(
  types: BtfBuilder,
  sections: readonly BuiltSection[] = [],
  symbols: readonly BuiltSymbol[] = [],
): Uint8Array {
  return buildElf([...sections, { name: ".BTF", type: PROGBITS, bytes: types.bytes() }], symbols);
}

/** A map definition as bpf_helpers.h writes it: numbers as array lengths behind pointers, types behind pointers. */
function mapDefinition(
  types: BtfBuilder,
  numbers: Readonly<Record<string, number>>,
  parts: Readonly<Record<string, number>> = {},
): number {
  const int = types.int("int", 4, 1);
  const members = [
    ...Object.entries(numbers).map(([name, value]) => ({ name, type: types.pointer(types.array(int, value)) })),
    ...Object.entries(parts).map(([name, type]) => ({ name, type: types.pointer(type) })),
  ];
  return types.struct(
    "",
    8 * members.length,
    members.map((member, index) => ({ ...member, bitOffset: 64 * index })),
  );
}

function schemaOfMap(
  numbers: Readonly<Record<string, number>>,
  parts?: (types: BtfBuilder) => Readonly<Record<string, number>>,
) {
  const types = new BtfBuilder();
  const definition = mapDefinition(types, numbers, parts?.(types));
  types.dataSection(".maps", [types.variable("subject", definition)]);
  return read(withBtf(types)).maps["subject"];
}

describe("maps", () => {
  test("have the kind, size and layouts of their definition", () => {
    const map = schemaOfMap({ type: 1, max_entries: 100 }, (types) => ({
      key: types.int("unsigned int", 4),
      value: types.int("unsigned long long", 8),
    }));
    expect(map).toEqual({ kind: "hash", maxEntries: 100, key: "u32", value: "u64" });
  });

  test("may have the name of what every object has", () => {
    for (const name of ["__proto__", "constructor"]) {
      const types = new BtfBuilder();
      types.dataSection(".maps", [types.variable(name, mapDefinition(types, { type: 2, max_entries: 5 }))]);
      const { maps } = read(withBtf(types));
      expect(Object.entries(maps)).toEqual([[name, { kind: "array", maxEntries: 5, key: null, value: null }]]);
    }
  });

  test("of descriptors have numbers as keys and values though only their sizes are told", () => {
    const map = schemaOfMap({ type: 8, max_entries: 1, key_size: 4, value_size: 4 });
    expect(map).toEqual({ kind: "cgroup_array", maxEntries: 1, key: "u32", value: "u32" });
  });

  test("whose sizes alone are told have bytes", () => {
    const map = schemaOfMap({ type: 1, max_entries: 8, key_size: 6, value_size: 3 });
    expect(map).toMatchObject({ key: { kind: "bytes", size: 6 }, value: { kind: "bytes", size: 3 } });
  });

  test("of stacks hold addresses", () => {
    const map = schemaOfMap({ type: 7, max_entries: 8, key_size: 4, value_size: 80 });
    expect(map).toMatchObject({ key: "u32", value: { kind: "array", length: 10, stride: 8, of: "u64" } });
  });

  test("that are ring buffers have neither keys nor values", () => {
    expect(schemaOfMap({ type: 27, max_entries: 4096 })).toEqual({
      kind: "ringbuf",
      maxEntries: 4096,
      key: null,
      value: null,
    });
  });

  test("of a kind from the future are kept as other", () => {
    expect(schemaOfMap({ type: 900, max_entries: 1 })).toMatchObject({ kind: "other" });
  });

  test("that are not defined by a struct are refused", () => {
    const types = new BtfBuilder();
    types.dataSection(".maps", [types.variable("subject", types.int("int", 4))]);
    expect(() => read(withBtf(types))).toThrow('its map "subject" is not defined by a struct');
  });
});

describe("variables", () => {
  const bss = (size: number): BuiltSection => ({ name: ".bss", type: NOBITS, size });

  test("lie where the symbols say, because the compiler leaves offsets open", () => {
    const types = new BtfBuilder();
    const u32 = types.int("unsigned int", 4);
    types.dataSection(".bss", [types.variable("late", u32), types.variable("early", u32)]);
    const symbols = [
      { name: "late", section: ".bss", value: 12, kind: OBJECT },
      { name: "early", section: ".bss", value: 4, kind: OBJECT },
    ];
    expect(read(withBtf(types, [bss(16)], symbols)).sections.bss).toEqual({
      kind: "struct",
      name: ".bss",
      size: 16,
      fields: [
        { name: "early", offset: 4, type: "u32" },
        { name: "late", offset: 12, type: "u32" },
      ],
    });
  });

  test("outside of their section are refused", () => {
    const types = new BtfBuilder();
    types.dataSection(".bss", [types.variable("far", types.int("unsigned int", 4))]);
    const symbols = [{ name: "far", section: ".bss", value: 14, kind: OBJECT }];
    expect(() => read(withBtf(types, [bss(16)], symbols))).toThrow('its variable "far" lies outside of ".bss"');
  });

  test("of a section that is not in the file are refused", () => {
    const types = new BtfBuilder();
    types.dataSection(".data", [types.variable("lost", types.int("int", 4))]);
    expect(() => read(withBtf(types))).toThrow('its section ".data" is missing');
  });
});

describe("programs", () => {
  const code = (name: string): BuiltSection => ({ name, flags: EXECUTABLE, bytes: new Uint8Array(32) });

  test("are the global functions of code sections, in the order of the file", () => {
    const symbols = [
      { name: "second", section: "tp_btf/two", value: 16, kind: FUNCTION },
      { name: "first", section: "tp_btf/two", value: 0, kind: FUNCTION },
      { name: "static_function", section: "tp_btf/two", value: 8, kind: FUNCTION, binding: 0 },
      { name: "called", section: ".text", value: 0, kind: FUNCTION },
      { name: "LICENSE", section: "license", value: 0, kind: OBJECT },
    ];
    const sections = [code(".text"), code("tp_btf/two"), { name: "license", bytes: new Uint8Array(4) }];
    const { programs } = read(withBtf(new BtfBuilder(), sections, symbols));
    expect(Object.entries(programs)).toEqual([
      ["first", { section: "tp_btf/two" }],
      ["second", { section: "tp_btf/two" }],
    ]);
  });
});

describe("files that are refused:", () => {
  const whole = withBtf(new BtfBuilder());
  const changed = (offset: number, value: number): Uint8Array => {
    const bytes = whole.slice();
    bytes[offset] = value;
    return bytes;
  };
  const refused: readonly (readonly [what: string, bytes: Uint8Array, why: string])[] = [
    ["nothing", new Uint8Array(0), "not an ELF file"],
    ["text", new TextEncoder().encode("#!/bin/sh\n".repeat(20)), "not an ELF file"],
    ["an ELF file of another machine", changed(18, 62), "not a 64-bit little-endian BPF object"],
    ["a big-endian object", changed(5, 2), "not a 64-bit little-endian BPF object"],
    ["an object without BTF", buildElf([{ name: "tp_btf/one", bytes: new Uint8Array(8) }]), "it has no BTF"],
    ["an object without sections", changed(60, 0), "section table is missing"],
    ["an object without section names", changed(62, 200), "section names are missing"],
  ];
  test.each(refused)("%s", (_what, bytes, why) => {
    expect(() => read(bytes)).toThrow(BpfError);
    expect(() => read(bytes)).toThrow(why);
  });

  test("an object cut off anywhere", () => {
    for (let length = 0; length < whole.length; length += 8) {
      expect(() => read(whole.subarray(0, length))).toThrow(BpfError);
    }
  });
});
