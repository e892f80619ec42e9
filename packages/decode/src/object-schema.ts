import type { StructLayout, TypeLayout, Value } from "./layout.ts";
import type { MapKind, PerCpuKind } from "./map-kind.ts";

/**
 * A map as the object declares it.
 *
 * @example
 * ```ts
 * import type { MapLayout } from "@irqtrace/decode";
 *
 * const counts = { kind: "percpu_array", maxEntries: 10, key: "u32", value: "u64" } satisfies MapLayout;
 * console.log(counts.maxEntries); // 10
 * ```
 */
export interface MapLayout {
  readonly kind: MapKind;
  /** Entries; bytes for ring buffers; 0 where it is set before load. */
  readonly maxEntries: number;
  /** `null` for maps without keys, such as ring buffers. Where BTF gives no type but a size: `bytes` of that size. */
  readonly key: TypeLayout | null;
  /** `null` for maps without values, such as ring buffers. Where BTF gives no type but a size: `bytes` of that size. */
  readonly value: TypeLayout | null;
}

/**
 * A program as the object declares it.
 *
 * @example
 * ```ts
 * import type { ProgramLayout } from "@irqtrace/decode";
 *
 * const entry: ProgramLayout = { section: "tp_btf/softirq_entry" };
 * console.log(entry.section); // tp_btf/softirq_entry
 * ```
 */
export interface ProgramLayout {
  /** The ELF section, which tells libbpf the program's type and what to attach it to. */
  readonly section: string;
}

/**
 * The global variables of an object, each section a struct whose fields are the variables. A section that the object
 * does not have is absent.
 *
 * @example
 * ```ts
 * import { fieldAt, type SectionLayouts } from "@irqtrace/decode";
 *
 * const sections = {
 *   bss: { kind: "struct", name: ".bss", size: 4, fields: [{ name: "epoch", offset: 0, type: "u32" }] },
 * } as const satisfies SectionLayouts;
 * console.log(fieldAt(sections.bss, "epoch").offset); // 0
 * ```
 */
export interface SectionLayouts {
  /** Constants: written before load, read-only from then on. */
  readonly rodata?: StructLayout;
  /** Variables with an initial value. */
  readonly data?: StructLayout;
  /** Variables that start as zero. */
  readonly bss?: StructLayout;
}

/**
 * What a BPF object declares: programs, maps and global variables. Generated from an object's BTF and kept `as const`,
 * it gives every name and value of the loaded object a type.
 *
 * @example
 * ```ts
 * import type { MapName, ObjectSchema } from "@irqtrace/decode";
 *
 * const tool = {
 *   name: "tool",
 *   programs: { on_entry: { section: "tp_btf/softirq_entry" } },
 *   maps: { counts: { kind: "array", maxEntries: 10, key: "u32", value: "u64" } },
 *   sections: {},
 * } as const satisfies ObjectSchema;
 * const name: MapName<typeof tool> = "counts";
 * console.log(tool.maps[name].kind); // array
 * ```
 */
export interface ObjectSchema {
  readonly name: string;
  readonly programs: Readonly<Record<string, ProgramLayout>>;
  readonly maps: Readonly<Record<string, MapLayout>>;
  readonly sections: SectionLayouts;
}

/**
 * The names of a schema's maps.
 *
 * @example
 * ```ts
 * import type { MapName, ObjectSchema } from "@irqtrace/decode";
 *
 * const anyMap: MapName<ObjectSchema> = "whatever the object holds";
 * console.log(anyMap.length > 0); // true
 * ```
 */
export type MapName<S extends ObjectSchema> = keyof S["maps"] & string;

/**
 * The names of a schema's programs.
 *
 * @example
 * ```ts
 * import type { ObjectSchema, ProgramName } from "@irqtrace/decode";
 *
 * const anyProgram: ProgramName<ObjectSchema> = "on_entry";
 * console.log(anyProgram); // on_entry
 * ```
 */
export type ProgramName<S extends ObjectSchema> = keyof S["programs"] & string;

/**
 * The names of the sections of global variables that a schema has.
 *
 * @example
 * ```ts
 * import type { ObjectSchema, SectionName } from "@irqtrace/decode";
 *
 * const anySection: SectionName<ObjectSchema> = "bss";
 * console.log(anySection); // bss
 * ```
 */
export type SectionName<S extends ObjectSchema> = keyof S["sections"] & keyof SectionLayouts;

/**
 * The variables of one section of a schema, as one read-only object.
 *
 * @example
 * ```ts
 * import type { SectionValue } from "@irqtrace/decode";
 *
 * type Tool = {
 *   name: "tool";
 *   programs: {};
 *   maps: {};
 *   sections: { bss: { kind: "struct"; name: ".bss"; size: 8; fields: [{ name: "lost"; offset: 0; type: "u53" }] } };
 * };
 * const bss: SectionValue<Tool, "bss"> = { lost: 0 };
 * console.log(bss.lost); // 0
 * ```
 */
export type SectionValue<S extends ObjectSchema, N extends SectionName<S>> = Value<
  Exclude<S["sections"][N], undefined>
>;

/**
 * The type of a map's keys; `never` for maps that have none.
 *
 * @example
 * ```ts
 * import type { MapKey } from "@irqtrace/decode";
 *
 * const key: MapKey<{ kind: "array"; maxEntries: 4; key: "u32"; value: "u64" }> = 3;
 * console.log(key); // 3
 * ```
 */
export type MapKey<M extends MapLayout> = MapPart<M["key"]>;

/**
 * The type of one value of a map; of one CPU's value, for per-CPU maps. `never` for maps that have none.
 *
 * @example
 * ```ts
 * import type { MapCpuValue } from "@irqtrace/decode";
 *
 * const ofOneCpu: MapCpuValue<{ kind: "percpu_array"; maxEntries: 4; key: "u32"; value: "u53" }> = 17;
 * console.log(ofOneCpu); // 17
 * ```
 */
export type MapCpuValue<M extends MapLayout> = MapPart<M["value"]>;

/**
 * The type of what a map holds under one key: for per-CPU maps an array, one value per possible CPU. `never` for maps
 * that have no values, `unknown` where the map is known at run time alone.
 *
 * @example
 * ```ts
 * import type { MapValue } from "@irqtrace/decode";
 *
 * const shared: MapValue<{ kind: "array"; maxEntries: 4; key: "u32"; value: "u53" }> = 17;
 * const perCpu: MapValue<{ kind: "percpu_array"; maxEntries: 4; key: "u32"; value: "u53" }> = [8, 9];
 * console.log(shared === perCpu.reduce((sum, value) => sum + value)); // true
 * ```
 */
export type MapValue<M extends MapLayout> = MapKind extends M["kind"]
  ? MapCpuValue<M>
  : M["kind"] extends PerCpuKind
    ? readonly MapCpuValue<M>[]
    : MapCpuValue<M>;

// A layout of unknown type includes null: it must stay unknown, where a map known to have no such part is never.
type MapPart<L> = [TypeLayout] extends [L] ? unknown : [L] extends [null] ? never : Value<Exclude<L, null>>;
