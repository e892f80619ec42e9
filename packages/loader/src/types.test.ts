import { expectTypeOf, test } from "bun:test";
import type { BpfMap, LiveSection, LoadedObject, OpenObject, PinnedMap } from "./index.ts";

const schema = {
  name: "tool",
  programs: { on_entry: { section: "tp_btf/softirq_entry" }, on_exit: { section: "tp_btf/softirq_exit" } },
  maps: {
    counts: { kind: "percpu_array", maxEntries: 4, key: "u32", value: "u53" },
    items: {
      kind: "array",
      maxEntries: 8,
      key: "u32",
      value: { kind: "struct", name: "item", size: 16, fields: [{ name: "total", offset: 0, type: "u64" }] },
    },
    table: { kind: "hash", maxEntries: 8, key: { kind: "chars", size: 16 }, value: "u32" },
    events: { kind: "ringbuf", maxEntries: 4096, key: null, value: null },
  },
  sections: {
    rodata: { kind: "struct", name: ".rodata", size: 4, fields: [{ name: "step", offset: 0, type: "u32" }] },
    bss: { kind: "struct", name: ".bss", size: 8, fields: [{ name: "lost", offset: 0, type: "i64" }] },
  },
} as const;
type Schema = typeof schema;
interface Item {
  readonly total: bigint;
}

test("maps have the keys and values of the schema, per-CPU kinds a value for each CPU", () => {
  type Of<N extends keyof Schema["maps"]> = ReturnType<typeof mapOf<N>>;
  const mapOf = <N extends keyof Schema["maps"]>(loaded: LoadedObject<Schema>, name: N) => loaded.map(name);
  expectTypeOf<Parameters<Of<"table">["get"]>[0]>().toEqualTypeOf<string>();
  expectTypeOf<ReturnType<Of<"table">["get"]>>().toEqualTypeOf<number | undefined>();
  expectTypeOf<ReturnType<Of<"items">["get"]>>().toEqualTypeOf<Item | undefined>();
  expectTypeOf<ReturnType<Of<"counts">["get"]>>().toEqualTypeOf<readonly number[] | undefined>();
  expectTypeOf<Parameters<Of<"events">["get"]>[0]>().toEqualTypeOf<never>();
  expectTypeOf<Of<"items">["kind"]>().toEqualTypeOf<"array">();
});

test("names that the schema does not have are errors", () => {
  type MapNames = Parameters<LoadedObject<Schema>["map"]>[0];
  expectTypeOf<MapNames>().toEqualTypeOf<"counts" | "items" | "table" | "events">();
  expectTypeOf<Parameters<LoadedObject<Schema>["program"]>[0]>().toEqualTypeOf<"on_entry" | "on_exit">();
  expectTypeOf<Parameters<LoadedObject<Schema>["section"]>[0]>().toEqualTypeOf<"rodata" | "bss">();
});

test("variables have the types of their sections", () => {
  const bssOf = (loaded: LoadedObject<Schema>) => loaded.section("bss");
  expectTypeOf<ReturnType<typeof bssOf>>().toEqualTypeOf<LiveSection<{ readonly lost: bigint }>>();
  const read = (section: ReturnType<typeof bssOf>) => section.read("lost");
  expectTypeOf<ReturnType<typeof read>>().toEqualTypeOf<bigint>();
});

test("another kind of map changes what its entries are", () => {
  const perCpu = (open: OpenObject<Schema>) =>
    open
      .configure({ mapKinds: { items: "percpu_array" }, rodata: { step: 2 } })
      .load()
      .map("items")
      .get(0);
  expectTypeOf<ReturnType<typeof perCpu>>().toEqualTypeOf<readonly Item[] | undefined>();
  const either = (open: OpenObject<Schema>, kind: "array" | "percpu_array") =>
    open
      .configure({ mapKinds: { items: kind } })
      .load()
      .map("items")
      .get(0);
  expectTypeOf<ReturnType<typeof either>>().toEqualTypeOf<Item | readonly Item[] | undefined>();
  const same = (open: OpenObject<Schema>) =>
    open
      .configure({ maxEntries: { items: 4 } })
      .load()
      .map("items")
      .get(0);
  expectTypeOf<ReturnType<typeof same>>().toEqualTypeOf<Item | undefined>();
});

test("without a schema names are strings and values unknown", () => {
  expectTypeOf<Parameters<LoadedObject["map"]>[0]>().toEqualTypeOf<string>();
  expectTypeOf<ReturnType<BpfMap["get"]>>().toEqualTypeOf<unknown>();
  const anyOf = (loaded: LoadedObject) => loaded.section("bss").read("anything");
  expectTypeOf<ReturnType<typeof anyOf>>().toEqualTypeOf<unknown>();
});

test("what is typed can be used where anything is taken", () => {
  expectTypeOf<LoadedObject<Schema>>().toExtend<Disposable>();
  expectTypeOf<PinnedMap<Schema["maps"]["table"]>>().toExtend<BpfMap<Schema["maps"]["table"]> & Disposable>();
});
