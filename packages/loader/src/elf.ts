import { EINVAL } from "./errno-table.ts";
import { BpfError } from "./errors.ts";

/** A section of an ELF file. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  /** Bytes; of a NOBITS section the bytes it takes in memory. */
  readonly size: number;
  readonly link: number;
  /** Empty for NOBITS sections, which take no bytes in the file. */
  readonly bytes: Uint8Array;
}

/** A symbol of an ELF file. */
export interface ElfSymbol {
  readonly name: string;
  readonly kind: number;
  readonly binding: number;
  readonly sectionIndex: number;
  readonly value: number;
  readonly size: number;
}

/** What of an ELF file matters here. */
export interface ElfFile {
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

export const SYMBOL_FUNCTION = 2;
const SECTION_SYMTAB = 2;
const SECTION_NOBITS = 8;
const ELF64_HEADER_BYTES = 64;
const SECTION_HEADER_BYTES = 64;
const SYMBOL_BYTES = 24;
const MACHINE_BPF = 247;

/** The error of an object whose bytes make no sense. */
export function malformed(what: string, why: string): BpfError {
  return new BpfError({
    operation: "open",
    what,
    errno: EINVAL,
    why,
    hint: "Build it with clang -target bpf -g and give the file whole.",
  });
}

/** Reads sections and symbols of a 64-bit little-endian BPF object. Throws a {@link BpfError} on anything else. */
export function parseElf(bytes: Uint8Array, what: string): ElfFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < ELF64_HEADER_BYTES || view.getUint32(0, false) !== 0x7f454c46) {
    throw malformed(what, "it is not an ELF file");
  }
  if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1 || view.getUint16(18, true) !== MACHINE_BPF) {
    throw malformed(what, "it is not a 64-bit little-endian BPF object");
  }
  const sections = readSections(bytes, view, what);
  const symbolTable = sections.find((section) => section.type === SECTION_SYMTAB);
  return { sections, symbols: symbolTable === undefined ? [] : readSymbols(symbolTable, sections, what) };
}

function readSections(bytes: Uint8Array, view: DataView, what: string): ElfSection[] {
  const tableOffset = Number(view.getBigUint64(40, true));
  const entryBytes = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  const nameIndex = view.getUint16(62, true);
  if (count === 0 || entryBytes !== SECTION_HEADER_BYTES || tableOffset + count * SECTION_HEADER_BYTES > bytes.length) {
    throw malformed(what, "its section table is missing or cut off");
  }
  if (nameIndex >= count) throw malformed(what, "its section names are missing");
  const namesAt = tableOffset + nameIndex * SECTION_HEADER_BYTES;
  const names = sectionBytes(bytes, view, namesAt, what);
  const sections: ElfSection[] = [];
  for (let index = 0; index < count; index++) {
    const header = tableOffset + index * SECTION_HEADER_BYTES;
    sections.push({
      index,
      name: stringIn(names, view.getUint32(header, true), what),
      type: view.getUint32(header + 4, true),
      flags: view.getBigUint64(header + 8, true),
      size: Number(view.getBigUint64(header + 32, true)),
      link: view.getUint32(header + 40, true),
      bytes: sectionBytes(bytes, view, header, what),
    });
  }
  return sections;
}

function sectionBytes(bytes: Uint8Array, view: DataView, header: number, what: string): Uint8Array {
  const type = view.getUint32(header + 4, true);
  if (type === 0 || type === SECTION_NOBITS) return bytes.subarray(0, 0);
  const offset = Number(view.getBigUint64(header + 24, true));
  const size = Number(view.getBigUint64(header + 32, true));
  if (offset + size > bytes.length) throw malformed(what, "a section reaches beyond the end of the file");
  return bytes.subarray(offset, offset + size);
}

function readSymbols(table: ElfSection, sections: readonly ElfSection[], what: string): ElfSymbol[] {
  const names = sections[table.link]?.bytes;
  if (names === undefined) throw malformed(what, "its symbol names are missing");
  const view = new DataView(table.bytes.buffer, table.bytes.byteOffset, table.bytes.byteLength);
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + SYMBOL_BYTES <= table.bytes.length; at += SYMBOL_BYTES) {
    const info = view.getUint8(at + 4);
    symbols.push({
      name: stringIn(names, view.getUint32(at, true), what),
      kind: info & 0xf,
      binding: info >> 4,
      sectionIndex: view.getUint16(at + 6, true),
      value: Number(view.getBigUint64(at + 8, true)),
      size: Number(view.getBigUint64(at + 16, true)),
    });
  }
  return symbols;
}

const decoder = new TextDecoder();

/** The NUL-terminated string at an offset of a string table. */
export function stringIn(table: Uint8Array, offset: number, what: string): string {
  const end = table.indexOf(0, offset);
  if (offset >= table.length || end < 0) {
    // ELF lets an empty table stand for empty names.
    if (offset === 0) return "";
    throw malformed(what, "a name lies outside of its string table");
  }
  return decoder.decode(table.subarray(offset, end));
}
