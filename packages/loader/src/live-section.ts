import type { StructLayout } from "@irqtrace/decode";
import type { MappedMemory } from "./mapped-memory.ts";
import type { Owner } from "./owner.ts";
import { type SharedValue, sharedValue } from "./shared-value.ts";
import { variableCodec } from "./variable-codec.ts";

/**
 * The global variables of one section of a loaded object, shared with its programs: reads see what programs write,
 * and programs see what is written. `.rodata` is read-only once loaded. Variables of 1, 2, 4 and 8 bytes that are aligned
 * to their size, as compilers align numbers, are read and written whole; others may be read while a program writes them.
 *
 * @example
 * ```ts
 * // kernel
 * import { softirqs } from "@irqtrace/bpf-objects/layouts";
 * import { softirqsObject } from "@irqtrace/bpf-objects/softirqs";
 * import { openObject } from "@irqtrace/loader";
 *
 * using loaded = openObject(softirqsObject(), softirqs).load();
 * loaded.section("data").write("epoch", 7);
 * console.log(loaded.section("data").read("epoch"), loaded.section("bss").read("unmatched")); // 7 0
 * ```
 */
export interface LiveSection<Variables> {
  /** The names of the variables, in the order of their addresses. */
  readonly names: readonly string[];
  /** The variable's value now. Throws a TypeError if there is none of that name. */
  read<N extends keyof Variables & string>(name: N): Variables[N];
  /** Sets the variable. Throws a TypeError in `.rodata`, and as its codec does, changing nothing, if the value does not fit. */
  write<N extends keyof Variables & string>(name: N, value: Variables[N]): void;
}

/** What a section is made of. */
export interface MappedSectionSource {
  readonly objectName: string;
  readonly owner: Owner;
  readonly memory: MappedMemory;
  readonly layout: StructLayout;
  readonly isWritable: boolean;
}

interface Variable {
  readonly offset: number;
  readonly access: SharedValue<unknown>;
}

/** {@link LiveSection} over mapped memory. */
export class MappedSection implements LiveSection<Readonly<Record<string, unknown>>> {
  readonly names: readonly string[];
  readonly #source: MappedSectionSource;
  readonly #variables = new Map<string, Variable>();

  constructor(source: MappedSectionSource) {
    this.#source = source;
    this.names = source.layout.fields.map(({ name }) => name);
  }

  read(name: string): unknown {
    const { access, offset } = this.#variable(name, "read");
    return access.read(offset);
  }

  write(name: string, value: unknown): void {
    const { layout, isWritable } = this.#source;
    if (!isWritable) {
      throw new TypeError(
        `Cannot write "${name}": ${layout.name} is read-only once loaded. Set it with configure before load.`,
      );
    }
    const { access, offset } = this.#variable(name, "write");
    access.write(offset, value);
  }

  #variable(name: string, operation: string): Variable {
    const { owner, layout, objectName } = this.#source;
    owner.assertOpen(operation, name);
    const known = this.#variables.get(name);
    if (known !== undefined) return known;
    const field = layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      throw new TypeError(`Cannot ${operation} "${name}": ${layout.name} of "${objectName}" has no such variable.`);
    }
    const { offset } = field;
    const values = variableCodec(layout.name, field);
    const made = { offset, access: sharedValue(this.#source.memory, values, offset % values.size === 0) };
    this.#variables.set(name, made);
    return made;
  }
}
