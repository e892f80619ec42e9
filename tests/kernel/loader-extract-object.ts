const ELF_MAGIC = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46);
const MACHINE_BPF = 247;
const HEADER_BYTES = 64;

/**
 * Finds the BPF object that a tool with a libbpf skeleton carries in its read-only data: an ELF file within the ELF
 * file. Its length is where its section table ends, which clang writes last.
 */
export function extractBpfObject(tool: Buffer): Uint8Array | null {
  // The tool itself begins with the same magic.
  for (let at = tool.indexOf(ELF_MAGIC, 1); at >= 0; at = tool.indexOf(ELF_MAGIC, at + 1)) {
    if (at + HEADER_BYTES > tool.length || tool.readUInt16LE(at + 18) !== MACHINE_BPF) continue;
    const sectionsAt = Number(tool.readBigUInt64LE(at + 40));
    const length = sectionsAt + tool.readUInt16LE(at + 58) * tool.readUInt16LE(at + 60);
    return Uint8Array.from(tool.subarray(at, at + length));
  }
  return null;
}
