import type { MapName, ObjectSchema, ProgramName, SectionName, SectionValue } from "@irqtrace/decode";
import type { BpfMap } from "./bpf-map.ts";
import type { LiveSection } from "./live-section.ts";
import type { BpfProgram } from "./program-handle.ts";

/** What {@link LoadedObject.attach} attaches. */
export interface AttachOptions<S extends ObjectSchema = ObjectSchema> {
  /** Attach these first, in this order; the others follow in the object's order. */
  readonly order?: readonly ProgramName<S>[] | undefined;
  /** Attach these alone, in this order. */
  readonly only?: readonly ProgramName<S>[] | undefined;
  /**
   * For `raw_tp` programs: the tracepoints, without their groups, to attach each one to instead of what its section
   * names. One program can serve many tracepoints, and a section `raw_tp` alone names none.
   */
  readonly tracepoints?: { readonly [N in ProgramName<S>]?: readonly string[] | undefined } | undefined;
}

/**
 * A BPF object in the kernel. Closing it detaches its programs, closes its maps and empties all live views.
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqs } from "@irqtrace/bpf-objects/layouts";
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject } from "@irqtrace/loader";
 *
 * using loaded = openObject(softirqsObject(), softirqs).load();
 * using _link = loaded.attach({ only: ["softirq_entry_raw_tp", "softirq_exit_raw_tp"] });
 * await Bun.sleep(100);
 * console.log([...loaded.map("vectors").entries()].length); // 10
 * ```
 */
export interface LoadedObject<S extends ObjectSchema = ObjectSchema> extends Disposable {
  readonly name: string;
  readonly schema: S;
  /** The programs that were loaded, in the object's order. */
  readonly programNames: readonly ProgramName<S>[];
  /** The maps, those of the sections left out. */
  readonly mapNames: readonly MapName<S>[];
  /** Whether the object has this section, with at least one variable that its BTF names. */
  hasSection(name: "rodata" | "data" | "bss"): boolean;
  /**
   * Attaches the loaded programs, each to what its section or `tracepoints` names: all of them or, if one fails, none.
   * Disposing of the result detaches them, in reverse order.
   *
   * @throws {@link UnsupportedKernelError} if the kernel has no such tracepoint or function
   * @throws {@link BpfError} otherwise
   */
  attach(options?: AttachOptions<S>): Disposable;
  /** Throws a TypeError if there is no map of that name. The same handle each time. */
  map<K extends MapName<S>>(name: K): BpfMap<S["maps"][K]>;
  /** Throws a TypeError if there is no program of that name, or if it was not loaded. */
  program(name: ProgramName<S>): BpfProgram;
  /** Throws a TypeError if the object has no such section. The same view each time. */
  section<N extends SectionName<S>>(name: N): LiveSection<SectionValue<S, N>>;
}
