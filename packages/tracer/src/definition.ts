import type { MapKind, ObjectSchema, RawSnapshot, Table } from "@irqtrace/decode";
import type { LoadedObject } from "@irqtrace/loader";
import type { BankedMap } from "./banked-image.ts";
import type { Flavour } from "./options.ts";

/** Where a reading finds things. */
export interface SamplePlan {
  /** Counters, per CPU: read whole. */
  readonly cells: BankedMap & {
    /** Path of the mark that a writer raises. */
    readonly writing: string;
    /** Path of the count within a bank of the first of `banks`. */
    readonly count: string;
  };
  /** Names and such, shared by the CPUs: read whole, before the cells. `used` says which entries are in use. */
  readonly labels?: BankedMap & { readonly used: string };
  /** Read only for entries whose count changed. */
  readonly histograms?: readonly (BankedMap & {
    /** Whether an entry of `cells` has its histogram here, under the same index. */
    holds(entry: number): boolean;
  })[];
}

/**
 * What makes a tracer of a BPF object that counts in banked cells: declarations and domain rules. Everything else is
 * the same for all of them and lives in this package.
 *
 * The object declares `epoch` in .data, `unmatched` and `table_full` in .bss, `cpu_mask`, `filter_cpus` and `filter_cgroup` in
 * .rodata, and a cgroup_array named `cgroup`.
 */
export interface TracerDefinition<Row> {
  /** Of its raw snapshots: "irqtrace.hardirqs/1". */
  readonly schema: string;
  /** The object's, which the kernel shows in the names of its maps. */
  readonly name: string;
  object(): Uint8Array;
  readonly layouts: ObjectSchema;
  readonly tracepoints: readonly string[];
  /** Names of the programs to attach, in this order. */
  programs(flavour: Flavour): readonly string[];
  readonly maxEntries?: Readonly<Record<string, number>>;
  readonly mapKinds?: Readonly<Record<string, MapKind>>;
  readonly rodata?: Readonly<Record<string, unknown>>;
  /** After load, before anything is attached. */
  prepare?(object: LoadedObject): void;
  readonly samplePlan: SamplePlan;
  decode(raw: RawSnapshot): Table<Row>;
}
