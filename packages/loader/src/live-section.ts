import type { FieldLayout, StructLayout } from "@irqtrace/decode";
import { type Address, readU32At, readU64At } from "./ffi.ts";
import type { MappedMemory } from "./mapped-memory.ts";
import type { Owner } from "./owner.ts";
import { type VariableCodec, variableCodec } from "./variable-codec.ts";

/**
 * The global variables of one section of a loaded object, shared with its programs: reads see what programs write,
 * and programs see what is written. `.rodata` is read-only once loaded. Variables of up to 8 bytes are read and written
 * whole; larger ones may be read while a program writes them.
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
  /** Sets the variable. Throws a TypeError in `.rodata`, and as its codec does if the value does not fit. */
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
  read(): unknown;
  write(value: unknown): void;
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
    return this.#variable(name, "read").read();
  }

  write(name: string, value: unknown): void {
    const { layout, isWritable } = this.#source;
    if (!isWritable) {
      throw new TypeError(
        `Cannot write "${name}": ${layout.name} is read-only once loaded. Set it with configure before load.`,
      );
    }
    this.#variable(name, "write").write(value);
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
    const made = accessVariable(this.#source.memory, layout.name, field);
    this.#variables.set(name, made);
    return made;
  }
}

// Plain reads of shared memory are hoisted out of hot loops and DataView may write byte by byte: numbers of 4 and 8
// bytes, which programs and user space signal each other with, are loaded and stored whole.
function accessVariable(memory: MappedMemory, section: string, field: FieldLayout): Variable {
  const { offset, type } = field;
  const values = variableCodec(section, field);
  const isWhole = typeof type === "string" && offset % values.size === 0;
  if (isWhole && values.size === 4) return new WholeVariable(values, new Word(memory, offset));
  if (isWhole && values.size === 8) return new WholeVariable(values, new DoubleWord(memory, offset));
  const view = new DataView(memory.buffer);
  return {
    read: () => values.decode(view, offset),
    write: (value) => values.encode(value, view, offset),
  };
}

interface Cell {
  readonly size: number;
  /** Copies the cell to the start of the view in one load. */
  load(into: DataView): void;
  /** Copies the start of the view to the cell in one store. */
  store(from: DataView): void;
}

class WholeVariable implements Variable {
  readonly #codec: VariableCodec;
  readonly #cell: Cell;
  readonly #copy: DataView;

  constructor(values: VariableCodec, cell: Cell) {
    this.#codec = values;
    this.#cell = cell;
    this.#copy = new DataView(new ArrayBuffer(cell.size));
  }

  read(): unknown {
    this.#cell.load(this.#copy);
    return this.#codec.decode(this.#copy, 0);
  }

  write(value: unknown): void {
    this.#codec.encode(value, this.#copy, 0);
    this.#cell.store(this.#copy);
  }
}

class Word implements Cell {
  readonly size = 4;
  readonly #address: Address;
  readonly #offset: number;
  readonly #array: Uint32Array;

  constructor(memory: MappedMemory, offset: number) {
    this.#address = memory.address;
    this.#offset = offset;
    this.#array = new Uint32Array(memory.buffer, offset, 1);
  }

  load(into: DataView): void {
    // SAFETY: the offset lies within the mapping, and the section checked that it is not closed.
    into.setUint32(0, readU32At(this.#address, this.#offset), true);
  }

  store(from: DataView): void {
    Atomics.store(this.#array, 0, from.getUint32(0, true));
  }
}

class DoubleWord implements Cell {
  readonly size = 8;
  readonly #address: Address;
  readonly #offset: number;
  readonly #array: BigUint64Array;

  constructor(memory: MappedMemory, offset: number) {
    this.#address = memory.address;
    this.#offset = offset;
    this.#array = new BigUint64Array(memory.buffer, offset, 1);
  }

  load(into: DataView): void {
    // SAFETY: as for words.
    into.setBigUint64(0, readU64At(this.#address, this.#offset), true);
  }

  store(from: DataView): void {
    Atomics.store(this.#array, 0, from.getBigUint64(0, true));
  }
}
