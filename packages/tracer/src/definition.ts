import type { MapKind, ObjectSchema, RawSnapshot, Table } from "@irqtrace/decode";
import type { LoadedObject } from "@irqtrace/loader";
import type { BankedMap } from "./banked-image.ts";
import type { Flavour } from "./options.ts";

/**
 * Where a reading finds the cells of one map, and what belongs to them. All are arrays, per-CPU or not, whose values are a
 * multiple of 8 bytes: the kernel packs others in an ordinary array, and a LayoutMismatchError says so.
 */
export interface SamplePlan {
  /** Counters, per CPU: read whole. */
  readonly cells: BankedMap & {
    /** Path of the mark that a writer raises: 0 while none writes, in 4 bytes or in the lower 4 of 8. */
    readonly writing: string;
    /** Path of the count within a bank of the first of `banks`: 8 bytes that change with every event. */
    readonly count: string;
  };
  /**
   * Names and such, shared by the CPUs: read before the cells. `used` is a path of 4 bytes, or of 8 whose lower 4 tell, that
   * are not 0 in entries that are in use: from the first on, with gaps of less than 256.
   */
  readonly labels?: BankedMap & { readonly used: string };
  /** Histograms and such, read only for entries whose count changed. */
  readonly details?: readonly (BankedMap & {
    /** Whether an entry of `cells` has its details here, under the same index. */
    holds(entry: number): boolean;
  })[];
}

/**
 * One BPF object of a tracer, that counts in banked cells: declarations alone.
 *
 * The object declares `epoch` in .data, `unmatched` and `table_full` in .bss, `cpu_mask`, `filter_cpus` and `filter_cgroup` in
 * .rodata, and a cgroup_array named `cgroup`.
 */
export interface ObjectDefinition {
  /** The object's, which the kernel shows in the names of its maps. */
  readonly name: string;
  object(): Uint8Array;
  readonly layouts: ObjectSchema;
  /** Looked for in the kernel's BTF before tp_btf is chosen. */
  readonly tracepoints: readonly string[];
  /** Names of the programs to attach, in this order. */
  programs(flavour: Flavour): readonly string[];
  /** Of programs that are raw_tp whatever the flavour: the tracepoints to attach each to, instead of what its section names. */
  readonly attachTo?: Readonly<Record<string, readonly string[]>>;
  readonly maxEntries?: Readonly<Record<string, number>>;
  readonly mapKinds?: Readonly<Record<string, MapKind>>;
  readonly rodata?: Readonly<Record<string, unknown>>;
  /** Maps that are the same for all objects of the tracer that name them here: the first such object's. */
  readonly sharedMaps?: readonly string[];
  /** After load, before anything is attached; with the possible CPUs, in the order of per-CPU values. */
  prepare?(object: LoadedObject, possibleCpus: readonly number[]): void;
  /** One for each map of cells. The maps of all plans of a tracer have different names. */
  readonly samplePlans: readonly SamplePlan[];
}

/**
 * What makes a tracer of BPF objects: declarations and domain rules. Everything else is the same for all of them and
 * lives in this package. Readings of all objects end at one instant.
 */
export interface TracerDefinition<Row> {
  /** Of its raw snapshots: "irqtrace.hardirqs/1". */
  readonly schema: string;
  readonly objects: readonly ObjectDefinition[];
  /** Whether the objects measure exclusive times; absent means no. */
  readonly exclusive?: boolean;
  /** Tracepoints that were looked for and that this kernel lacks: what they would tell is in no row. */
  readonly absentTracepoints?: readonly string[];
  /** Adds to a reading what its decoder needs and the objects do not know, such as names of addresses. */
  annotate?(raw: RawSnapshot): RawSnapshot;
  /** What the tracer cannot tell here although it was asked to: sentences, for `description.notes`. */
  readonly notes?: readonly string[];
  /** As many tables, in the same order, each time. */
  decode(raw: RawSnapshot): readonly Table<Row>[];
}
