// Writes BTF and ELF as clang does, as small as the readers accept: tests make types with it that no compiler at hand
// emits, and files that are broken in one place.
const encoder = new TextEncoder();

/** A struct or union member; `bits` packs offset and size of a bit-field. */
export interface BuiltMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  readonly bitSize?: number;
}

/** Types of a .BTF section, numbered from 1 in the order of the calls. */
export class BtfBuilder {
  readonly #words: number[] = [];
  readonly #strings: number[] = [0];
  #count = 0;

  int(name: string, bytes: number, encoding = 0, bits: number = bytes * 8): number {
    return this.#type(name, 1, 0, false, bytes, [(encoding << 24) | bits]);
  }

  pointer(type: number): number {
    return this.#type("", 2, 0, false, type, []);
  }

  array(element: number, length: number): number {
    return this.#type("", 3, 0, false, 0, [element, element, length]);
  }

  struct(name: string, bytes: number, members: readonly BuiltMember[], kind = 4): number {
    const hasBitFields = members.some(({ bitSize }) => bitSize !== undefined);
    const data = members.flatMap(({ name: memberName, type, bitOffset, bitSize = 0 }) => {
      const position = hasBitFields ? (bitSize << 24) | bitOffset : bitOffset;
      return [this.#string(memberName), type, position];
    });
    return this.#type(name, kind, members.length, hasBitFields, bytes, data);
  }

  union(name: string, bytes: number, members: readonly BuiltMember[]): number {
    return this.struct(name, bytes, members, 5);
  }

  enumeration(name: string, bytes: number, values: Readonly<Record<string, number>>, isSigned = false): number {
    const data = Object.entries(values).flatMap(([valueName, value]) => [this.#string(valueName), value]);
    return this.#type(name, 6, Object.keys(values).length, isSigned, bytes, data);
  }

  enumeration64(name: string, values: Readonly<Record<string, bigint>>, isSigned = false): number {
    const data = Object.entries(values).flatMap(([valueName, value]) => {
      const bits = BigInt.asUintN(64, value);
      return [this.#string(valueName), Number(bits & 0xffffffffn), Number(bits >> 32n)];
    });
    return this.#type(name, 19, Object.keys(values).length, isSigned, 8, data);
  }

  /** typedef 8, volatile 9, const 10, restrict 11, type_tag 18. */
  alias(kind: 8 | 9 | 10 | 11 | 18, name: string, type: number): number {
    return this.#type(name, kind, 0, false, type, []);
  }

  float(name: string, bytes: number): number {
    return this.#type(name, 16, 0, false, bytes, []);
  }

  forward(name: string): number {
    return this.#type(name, 7, 0, false, 0, []);
  }

  /** A type of any kind, for kinds and sizes that make no sense. */
  raw(kind: number, sizeOrType: number, data: readonly number[] = [], memberCount = 0): number {
    return this.#type("", kind, memberCount, false, sizeOrType, data);
  }

  variable(name: string, type: number): number {
    return this.#type(name, 14, 0, false, type, [1]);
  }

  dataSection(name: string, variables: readonly number[]): number {
    return this.#type(
      name,
      15,
      variables.length,
      false,
      0,
      variables.flatMap((variable) => [variable, 0, 0]),
    );
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const typeBytes = this.#words.length * 4;
    const built = new Uint8Array(24 + typeBytes + this.#strings.length);
    const view = new DataView(built.buffer);
    view.setUint16(0, 0xeb9f, true);
    view.setUint8(2, 1);
    for (const [index, word] of [24, 0, typeBytes, typeBytes, this.#strings.length].entries()) {
      view.setUint32(4 + index * 4, word, true);
    }
    for (const [index, word] of this.#words.entries()) view.setUint32(24 + index * 4, word >>> 0, true);
    built.set(this.#strings, 24 + typeBytes);
    return built;
  }

  #type(
    name: string,
    kind: number,
    members: number,
    flag: boolean,
    sizeOrType: number,
    data: readonly number[],
  ): number {
    this.#words.push(this.#string(name), (flag ? 2 ** 31 : 0) + kind * 2 ** 24 + members, sizeOrType, ...data);
    this.#count++;
    return this.#count;
  }

  #string(text: string): number {
    if (text === "") return 0;
    const offset = this.#strings.length;
    this.#strings.push(...encoder.encode(text), 0);
    return offset;
  }
}

/** A section of a built ELF file. */
export interface BuiltSection {
  readonly name: string;
  readonly type?: number;
  readonly flags?: number;
  readonly bytes?: Uint8Array;
  /** In memory, for NOBITS sections. */
  readonly size?: number;
}

/** A symbol of a built ELF file, defined in the section of that name. */
export interface BuiltSymbol {
  readonly name: string;
  readonly section: string;
  readonly value: number;
  readonly kind: number;
  readonly binding?: number;
}

/** A BPF object with these sections; section and symbol tables are added. */
export function buildElf(
  sections: readonly BuiltSection[],
  symbols: readonly BuiltSymbol[] = [],
): Uint8Array<ArrayBuffer> {
  const names: number[] = [0];
  const nameAt = (text: string): number => {
    const offset = names.length;
    names.push(...encoder.encode(text), 0);
    return offset;
  };
  const all: readonly BuiltSection[] = [{ name: "", type: 0 }, ...sections];
  const symbolBytes = new Uint8Array(24 * (symbols.length + 1));
  const symbolView = new DataView(symbolBytes.buffer);
  for (const [index, { name, section, value, kind, binding = 1 }] of symbols.entries()) {
    const at = 24 * (index + 1);
    symbolView.setUint32(at, nameAt(name), true);
    symbolView.setUint8(at + 4, (binding << 4) | kind);
    symbolView.setUint16(
      at + 6,
      all.findIndex((candidate) => candidate.name === section),
      true,
    );
    symbolView.setBigUint64(at + 8, BigInt(value), true);
  }
  const headers = [...all, { name: ".symtab", type: 2, bytes: symbolBytes }].map((section) => ({
    ...section,
    nameOffset: section.name === "" ? 0 : nameAt(section.name),
  }));
  headers.push({ name: ".strtab", type: 3, nameOffset: nameAt(".strtab"), bytes: Uint8Array.from(names) });
  return layOut(headers);
}

function layOut(headers: readonly (BuiltSection & { readonly nameOffset: number })[]): Uint8Array<ArrayBuffer> {
  const contentBytes = headers.reduce((sum, { bytes }) => sum + Math.ceil((bytes?.length ?? 0) / 8) * 8, 0);
  const file = new Uint8Array(64 + contentBytes + headers.length * 64);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 1, true);
  view.setUint16(18, 247, true);
  view.setBigUint64(40, BigInt(64 + contentBytes), true);
  view.setUint16(58, 64, true);
  view.setUint16(60, headers.length, true);
  view.setUint16(62, headers.length - 1, true);
  let offset = 64;
  for (const [index, { nameOffset, type = 1, flags = 0, bytes, size }] of headers.entries()) {
    const at = 64 + contentBytes + index * 64;
    view.setUint32(at, nameOffset, true);
    view.setUint32(at + 4, type, true);
    view.setBigUint64(at + 8, BigInt(flags), true);
    view.setBigUint64(at + 24, BigInt(offset), true);
    view.setBigUint64(at + 32, BigInt(size ?? bytes?.length ?? 0), true);
    view.setUint32(at + 40, type === 2 ? headers.length - 1 : 0, true);
    file.set(bytes ?? [], offset);
    offset += Math.ceil((bytes?.length ?? 0) / 8) * 8;
  }
  return file;
}
