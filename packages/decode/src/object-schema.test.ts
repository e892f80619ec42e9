import { expect, test } from "bun:test";
import type {
  MapCpuValue,
  MapKey,
  MapLayout,
  MapName,
  MapValue,
  ObjectSchema,
  ProgramName,
  SectionName,
  SectionValue,
} from "./object-schema.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when both types are the same. */
function same<A, B>(equal: Equal<A, B>): Equal<A, B> {
  return equal;
}

const TOOL = {
  name: "tool",
  programs: { on_entry: { section: "tp_btf/softirq_entry" }, on_exit: { section: "tp_btf/softirq_exit" } },
  maps: {
    totals: { kind: "array", maxEntries: 10, key: "u32", value: "u64" },
    cells: {
      kind: "percpu_hash",
      maxEntries: 10,
      key: { kind: "chars", size: 16 },
      value: { kind: "struct", name: "cell", size: 8, fields: [{ name: "count", offset: 0, type: "u53" }] },
    },
    events: { kind: "ringbuf", maxEntries: 4096, key: null, value: null },
  },
  sections: {
    bss: { kind: "struct", name: ".bss", size: 8, fields: [{ name: "lost", offset: 0, type: "u53" }] },
  },
} as const satisfies ObjectSchema;

type Tool = typeof TOOL;
type Maps = Tool["maps"];

test("the names of a schema are the keys of its records", () => {
  expect(same<MapName<Tool>, "totals" | "cells" | "events">(true)).toBe(true);
  expect(same<ProgramName<Tool>, "on_entry" | "on_exit">(true)).toBe(true);
  expect(same<SectionName<Tool>, "bss">(true)).toBe(true);
});

test("a map's values are its layout's, an array of them where the kind is per-CPU", () => {
  expect(same<MapKey<Maps["totals"]>, number>(true)).toBe(true);
  expect(same<MapValue<Maps["totals"]>, bigint>(true)).toBe(true);
  expect(same<MapKey<Maps["cells"]>, string>(true)).toBe(true);
  expect(same<MapCpuValue<Maps["cells"]>, { readonly count: number }>(true)).toBe(true);
  expect(same<MapValue<Maps["cells"]>, readonly { readonly count: number }[]>(true)).toBe(true);
});

test("a map without keys and values has none by type either", () => {
  expect(same<MapKey<Maps["events"]>, never>(true)).toBe(true);
  expect(same<MapValue<Maps["events"]>, never>(true)).toBe(true);
});

test("the variables of a section are one object", () => {
  expect(same<SectionValue<Tool, "bss">, { readonly lost: number }>(true)).toBe(true);
});

test("a schema known at run time alone has any name and unknown values", () => {
  expect(same<MapName<ObjectSchema>, string>(true)).toBe(true);
  expect(same<SectionName<ObjectSchema>, "rodata" | "data" | "bss">(true)).toBe(true);
  expect(same<MapKey<MapLayout>, unknown>(true)).toBe(true);
  expect(same<MapValue<MapLayout>, unknown>(true)).toBe(true);
});

test("types that differ are told apart by this test's own check", () => {
  expect(same<MapKey<Maps["totals"]>, bigint>(false)).toBe(false);
  // @ts-expect-error the two types are not the same
  expect(same<MapKey<Maps["totals"]>, bigint>(true)).toBe(true);
});
