import {
  type FieldLayout,
  layoutSize,
  type MapLayout,
  type ObjectSchema,
  type ProgramLayout,
  type StructLayout,
} from "@irqtrace/decode";
import { Btf, type BtfType } from "./btf.ts";
import { BtfLayouts, type U64Mode } from "./btf-layout.ts";
import { type ElfFile, malformed, parseElf, SYMBOL_FUNCTION } from "./elf.ts";
import { readMapDefinition } from "./map-definition.ts";

/** How a schema is read. */
export interface ReadSchemaOptions {
  /** The object's name, for messages and the schema's own. */
  readonly name: string;
  /** What 64-bit integers become; `bigint` by default, which holds all of them. */
  readonly u64?: U64Mode | undefined;
}

const VARIABLE_SECTIONS = { ".rodata": "rodata", ".data": "data", ".bss": "bss" } as const;
const SECTION_IS_CODE = 4n;
const SECTION_PROGBITS = 1;
const BINDING_LOCAL = 0;

/**
 * Reads what a BPF object declares: programs, maps and global variables, from its ELF symbols and BTF. Needs no libbpf,
 * no kernel and no privilege.
 *
 * @param object the bytes of a .bpf.o built with `clang -target bpf -g`
 * @throws {@link BpfError} if the bytes are not such an object
 *
 * @example
 * ```ts
 * import { BpfError, readSchema } from "@irqtrace/loader";
 *
 * try {
 *   console.log(readSchema(new Uint8Array(8), { name: "tool" }).maps);
 * } catch (error) {
 *   console.log(error instanceof BpfError); // true: eight zeros are no BPF object
 * }
 * ```
 */
export function readSchema(object: Uint8Array, options: ReadSchemaOptions): ObjectSchema {
  const { name } = options;
  const elf = parseElf(object, name);
  const section = elf.sections.find((candidate) => candidate.name === ".BTF");
  if (section === undefined) throw malformed(name, "it has no BTF, which describes its maps and variables");
  const btf = new Btf(section.bytes, name);
  const layouts = new BtfLayouts(btf, options.u64 ?? "bigint", name);
  const maps: [name: string, map: MapLayout][] = [];
  const sections: { rodata?: StructLayout; data?: StructLayout; bss?: StructLayout } = {};
  for (const dataSection of btf.dataSections()) {
    if (dataSection.name === ".maps") {
      for (const variable of btf.variables(dataSection)) {
        maps.push([variable.name, readMapDefinition(btf, layouts, variable.name, variable.type, name)]);
      }
    } else if (isVariableSection(dataSection.name)) {
      sections[VARIABLE_SECTIONS[dataSection.name]] = readVariables(elf, btf, layouts, dataSection, name);
    }
  }
  // Not by assignment, which takes "__proto__" for something else than a name.
  return { name, programs: Object.fromEntries(readPrograms(elf)), maps: Object.fromEntries(maps), sections };
}

function isVariableSection(name: string): name is keyof typeof VARIABLE_SECTIONS {
  return Object.hasOwn(VARIABLE_SECTIONS, name);
}

function readPrograms(elf: ElfFile): [name: string, program: ProgramLayout][] {
  const programs: [name: string, program: ProgramLayout][] = [];
  for (const section of elf.sections) {
    // Functions of .text are called by programs and are none themselves.
    const holdsPrograms =
      section.type === SECTION_PROGBITS && (section.flags & SECTION_IS_CODE) !== 0n && section.name !== ".text";
    if (!holdsPrograms) continue;
    const functions = elf.symbols.filter(
      (symbol) =>
        symbol.sectionIndex === section.index && symbol.kind === SYMBOL_FUNCTION && symbol.binding !== BINDING_LOCAL,
    );
    functions.sort((one, other) => one.value - other.value);
    for (const { name } of functions) programs.push([name, { section: section.name }]);
  }
  return programs;
}

// Compilers leave sizes and most offsets of a DATASEC to the linker: they come from the section and its symbols.
function readVariables(elf: ElfFile, btf: Btf, layouts: BtfLayouts, dataSection: BtfType, what: string): StructLayout {
  const section = elf.sections.find((candidate) => candidate.name === dataSection.name);
  if (section === undefined) throw malformed(what, `its section "${dataSection.name}" is missing`);
  const offsets = new Map<string, number>();
  for (const symbol of elf.symbols) if (symbol.sectionIndex === section.index) offsets.set(symbol.name, symbol.value);
  const fields: FieldLayout[] = btf.variables(dataSection).map((variable) => {
    const type = layouts.layout(variable.type, variable.name);
    const offset = offsets.get(variable.name) ?? variable.offset;
    if (offset + layoutSize(type) > section.size) {
      throw malformed(what, `its variable "${variable.name}" lies outside of "${section.name}"`);
    }
    return { name: variable.name, offset, type };
  });
  fields.sort((one, other) => one.offset - other.offset);
  return { kind: "struct", name: section.name, size: section.size, fields };
}
