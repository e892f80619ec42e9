/** A symbol that a shared object gives or asks for. */
export interface DynamicSymbol {
  readonly name: string;
  /** Such as "GLIBC_2.17"; null where symbols carry no versions. */
  readonly version: string | null;
}

/** A function that a shared object gives. */
export interface ExportedSymbol extends DynamicSymbol {
  /** Where its bytes lie in the file. */
  readonly fileOffset: number;
  readonly byteLength: number;
}

/** What a dynamic linker would find in a shared object: the facts that `readelf -dlW` and `--dyn-syms` show. */
export interface SharedObject {
  readonly machine: "x64" | "arm64" | number;
  readonly soname: string | null;
  readonly needed: readonly string[];
  readonly searchPaths: readonly string[];
  readonly hasTextRelocations: boolean;
  /** Whether everything is bound when the file is opened. */
  readonly bindsNow: boolean;
  /** Whether the linker's tables become read-only before the file is used. */
  readonly hasRelro: boolean;
  readonly hasExecutableStack: boolean;
  readonly hasWritableCode: boolean;
  readonly exports: readonly ExportedSymbol[];
  readonly imports: readonly DynamicSymbol[];
  readonly sections: readonly string[];
}

const MACHINES: Readonly<Record<number, "x64" | "arm64">> = { 62: "x64", 183: "arm64" };
const PT_LOAD = 1;
const PT_GNU_STACK = 0x6474e551;
const PT_GNU_RELRO = 0x6474e552;
const PF_X = 1;
const PF_W = 2;
const DT = {
  needed: 1,
  soname: 14,
  rpath: 15,
  textrel: 22,
  bindNow: 24,
  runpath: 29,
  flags: 30,
  flags1: 0x6ffffffb,
} as const;
const DF_TEXTREL = 4n;
const DF_BIND_NOW = 8n;
const DF_1_NOW = 1n;

interface Section {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Reads a little-endian 64-bit ELF shared object that has section headers, as linkers make them. */
export function readSharedObject(bytes: Uint8Array): SharedObject {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0x7f454c46 || view.getUint16(4) !== 0x0201) throw new TypeError("Not a 64-bit ELF file");
  const sections = readSections(view);
  const find = (name: string): Section =>
    sections.find((section) => section.name === name) ?? { name, offset: 0, size: 0 };
  const names = find(".dynstr");
  const nameAt = (offset: number | bigint): string => textAt(view, names.offset + Number(offset));
  const segments = readSegments(view);
  const entries = readDynamic(view, find(".dynamic"));
  const valuesOf = (tag: number): readonly bigint[] => entries.filter(([is]) => is === tag).map(([, value]) => value);
  const has = (tag: number, bit: bigint): boolean => valuesOf(tag).some((value) => (value & bit) !== 0n);
  const symbols = readSymbols(view, find, nameAt);
  const machine = view.getUint16(18, true);
  return {
    machine: MACHINES[machine] ?? machine,
    soname: valuesOf(DT.soname).map(nameAt)[0] ?? null,
    needed: valuesOf(DT.needed).map(nameAt),
    searchPaths: [...valuesOf(DT.rpath), ...valuesOf(DT.runpath)].map(nameAt),
    hasTextRelocations: valuesOf(DT.textrel).length > 0 || has(DT.flags, DF_TEXTREL),
    bindsNow: valuesOf(DT.bindNow).length > 0 || has(DT.flags, DF_BIND_NOW) || has(DT.flags1, DF_1_NOW),
    hasRelro: segments.some(({ type }) => type === PT_GNU_RELRO),
    hasExecutableStack: !segments.some(({ type, flags }) => type === PT_GNU_STACK && (flags & PF_X) === 0),
    hasWritableCode: segments.some(
      ({ type, flags }) => type === PT_LOAD && (flags & PF_X) !== 0 && (flags & PF_W) !== 0,
    ),
    exports: symbols.filter(({ isDefined }) => isDefined).map((symbol) => exported(symbol, segments)),
    imports: symbols.filter(({ isDefined }) => !isDefined).map(({ name, version }) => ({ name, version })),
    sections: sections.map(({ name }) => name).filter((name) => name !== ""),
  };
}

function readSections(view: DataView): readonly Section[] {
  const table = Number(view.getBigUint64(40, true));
  const [size, count, namesIndex] = [view.getUint16(58, true), view.getUint16(60, true), view.getUint16(62, true)];
  const headerAt = (index: number): number => table + index * size;
  const names = Number(view.getBigUint64(headerAt(namesIndex) + 24, true));
  return Array.from({ length: count }, (_, index) => ({
    name: textAt(view, names + view.getUint32(headerAt(index), true)),
    offset: Number(view.getBigUint64(headerAt(index) + 24, true)),
    size: Number(view.getBigUint64(headerAt(index) + 32, true)),
  }));
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

function readSegments(view: DataView): readonly Segment[] {
  const table = Number(view.getBigUint64(32, true));
  const [size, count] = [view.getUint16(54, true), view.getUint16(56, true)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return {
      type: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: Number(view.getBigUint64(at + 8, true)),
      address: Number(view.getBigUint64(at + 16, true)),
      size: Number(view.getBigUint64(at + 32, true)),
    };
  });
}

function exported({ name, version, address, byteLength }: TableEntry, segments: readonly Segment[]): ExportedSymbol {
  const holder = segments.find(
    (segment) => segment.type === PT_LOAD && address >= segment.address && address < segment.address + segment.size,
  );
  if (holder === undefined) throw new TypeError(`"${name}" lies outside of the file`);
  return { name, version, fileOffset: holder.offset + address - holder.address, byteLength };
}

function readDynamic(view: DataView, section: Section): readonly (readonly [number, bigint])[] {
  return Array.from({ length: section.size / 16 }, (_, index) => {
    const at = section.offset + index * 16;
    return [Number(view.getBigUint64(at, true)), view.getBigUint64(at + 8, true)] as const;
  });
}

interface TableEntry extends DynamicSymbol {
  readonly isDefined: boolean;
  readonly address: number;
  readonly byteLength: number;
}

function readSymbols(
  view: DataView,
  find: (name: string) => Section,
  nameAt: (offset: number) => string,
): readonly TableEntry[] {
  const [table, versions] = [find(".dynsym"), find(".gnu.version")];
  const versionNames = readVersionNames(view, find, nameAt);
  const symbols: TableEntry[] = [];
  for (let index = 1; index < table.size / 24; index += 1) {
    const at = table.offset + index * 24;
    const section = view.getUint16(at + 6, true);
    const version = versions.size === 0 ? 0 : view.getUint16(versions.offset + index * 2, true) & 0x7fff;
    symbols.push({
      name: nameAt(view.getUint32(at, true)),
      version: versionNames.get(version) ?? null,
      isDefined: section !== 0,
      address: Number(view.getBigUint64(at + 8, true)),
      byteLength: Number(view.getBigUint64(at + 16, true)),
    });
  }
  return symbols;
}

/** The numbers that symbols carry: of versions defined here (verdef) and of versions needed from others (verneed). */
function readVersionNames(
  view: DataView,
  find: (name: string) => Section,
  nameAt: (offset: number) => string,
): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const defined = find(".gnu.version_d");
  for (const at of chain(view, defined, 16)) {
    // The first definition is the file's own name.
    if ((view.getUint16(at + 2, true) & 1) !== 0) continue;
    names.set(view.getUint16(at + 4, true), nameAt(view.getUint32(at + view.getUint32(at + 12, true), true)));
  }
  for (const file of chain(view, find(".gnu.version_r"), 12)) {
    let at = file + view.getUint32(file + 8, true);
    for (let left = view.getUint16(file + 2, true); left > 0; left -= 1) {
      names.set(view.getUint16(at + 6, true), nameAt(view.getUint32(at + 8, true)));
      at += view.getUint32(at + 12, true);
    }
  }
  return names;
}

/** Where the records of a section lie that each tell, at nextField, how far the next one is. */
function chain(view: DataView, section: Section, nextField: number): readonly number[] {
  const places: number[] = [];
  let at = section.offset;
  while (section.size > 0) {
    places.push(at);
    const next = view.getUint32(at + nextField, true);
    if (next === 0) break;
    at += next;
  }
  return places;
}

function textAt(view: DataView, offset: number): string {
  let end = offset;
  while (end < view.byteLength && view.getUint8(end) !== 0) end += 1;
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + offset, end - offset));
}
