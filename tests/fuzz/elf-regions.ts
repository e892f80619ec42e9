import type { Region } from "./damage.ts";

const HEADER_BYTES = 64;
const ENTRY_BYTES = 64;

/** The parts of an ELF file that readers find their way by, and the whole of it. */
export function elfRegions(bytes: Uint8Array): readonly Region[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  const section = (index: number): Region => {
    const offset = Number(view.getBigUint64(table + index * ENTRY_BYTES + 24, true));
    return [offset, offset + Number(view.getBigUint64(table + index * ENTRY_BYTES + 32, true))];
  };
  const names = section(view.getUint16(62, true));
  const nameOf = (index: number): string => {
    const at = names[0] + view.getUint32(table + index * ENTRY_BYTES, true);
    return Buffer.from(bytes.subarray(at, bytes.indexOf(0, at))).toString();
  };
  const find = (name: string): Region[] =>
    Array.from({ length: count }, (_, index) => index)
      .filter((index) => nameOf(index) === name)
      .map(section);
  const btf = find(".BTF").flatMap(([start, end]): Region[] => [
    [start, start + 24],
    [start + 24, start + 24 + view.getUint32(start + 12, true)],
    [start, end],
  ]);
  return [
    [0, HEADER_BYTES],
    [table, table + count * ENTRY_BYTES],
    ...btf,
    ...find(".symtab"),
    ...find(".BTF.ext"),
    [0, bytes.length],
  ];
}
