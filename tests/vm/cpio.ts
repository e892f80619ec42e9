/** A file, directory or symbolic link to be laid out in the guest's root file system. */
export type CpioEntry =
  | {
      readonly path: string;
      readonly kind: "file";
      readonly content: Uint8Array | string;
      readonly executable?: boolean;
    }
  | { readonly path: string; readonly kind: "link"; readonly target: string };

const REGULAR_FILE = 0o100000;
const DIRECTORY = 0o040000;
const SYMBOLIC_LINK = 0o120000;
/** Archives that are laid end to end must each start at a multiple of 4; tape blocks are the customary one. */
const BLOCK_BYTES = 512;

/**
 * A "newc" cpio archive (Documentation/driver-api/early-userspace/buffer-format.rst) as the pieces of its bytes. Directories are added
 * where the paths need them; all belongs to root. Pieces rather than one array: Bun alone has over 100 MB.
 */
export function cpioArchive(entries: readonly CpioEntry[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const directories = new Set<string>();
  let length = 0;
  let inode = 0;
  const add = (bytes: Uint8Array): void => {
    pieces.push(bytes);
    length += bytes.length;
  };
  const addMember = (path: string, mode: number, content: Uint8Array): void => {
    inode += 1;
    add(header(path, mode, content.length, inode));
    add(content);
    add(new Uint8Array(-content.length & 3));
  };
  for (const entry of entries) {
    const path = entry.path.replace(/^\/+/, "");
    for (const parent of parents(path)) {
      if (directories.has(parent)) continue;
      directories.add(parent);
      addMember(parent, DIRECTORY | 0o755, new Uint8Array(0));
    }
    if (entry.kind === "link") addMember(path, SYMBOLIC_LINK | 0o777, bytesOf(entry.target));
    else addMember(path, REGULAR_FILE | (entry.executable === true ? 0o755 : 0o644), bytesOf(entry.content));
  }
  addMember("TRAILER!!!", 0, new Uint8Array(0));
  add(new Uint8Array(-length & (BLOCK_BYTES - 1)));
  return pieces;
}

function header(path: string, mode: number, size: number, inode: number): Uint8Array {
  const name = bytesOf(`${path}\0`);
  const links = 1;
  // inode, mode, uid, gid, links, mtime, size, device (2), device of a node (2), length of the name, checksum
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name.length, 0];
  const text = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
  const padded = new Uint8Array((text.length + name.length + 3) & ~3);
  padded.set(bytesOf(text));
  padded.set(name, text.length);
  return padded;
}

function parents(path: string): readonly string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
