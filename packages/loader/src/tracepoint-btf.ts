import { existsSync, readFileSync } from "node:fs";

const VMLINUX_BTF_PATH = "/sys/kernel/btf/vmlinux";
const BTF_KIND_TYPEDEF = 8;
const INFO_KIND_SHIFT = 24;

interface KernelBtf {
  readonly words: Uint32Array;
  readonly strings: Buffer;
}

// The kernel's types do not change while it runs, but several megabytes are not worth keeping for long.
let recent = new WeakRef<KernelBtf>({ words: new Uint32Array(0), strings: Buffer.alloc(0) });

/**
 * Whether the kernel carries BTF, the description of its own types that CO-RE and BTF-typed programs need.
 *
 * @example
 * ```ts
 * import { kernelHasBtf } from "@irqtrace/loader";
 *
 * console.log(kernelHasBtf()); // true on kernels built with CONFIG_DEBUG_INFO_BTF
 * ```
 */
export function kernelHasBtf(): boolean {
  return existsSync(VMLINUX_BTF_PATH);
}

/**
 * Whether a `tp_btf` program can attach to a tracepoint: the kernel's BTF has a type for it (source: the typedef
 * `btf_trace_<name>` of include/trace/bpf_probe.h). Tracepoints of modules are not looked for.
 *
 * @param name the tracepoint without its group: `irq_handler_entry`
 *
 * @example
 * ```ts
 * import { hasTracepointBtf } from "@irqtrace/loader";
 *
 * console.log(hasTracepointBtf("no_such_tracepoint")); // false
 * ```
 */
export function hasTracepointBtf(name: string): boolean {
  if (!kernelHasBtf()) return false;
  const { words, strings } = kernelBtf();
  const wanted = Buffer.from(`\0btf_trace_${name}\0`);
  // A string stands once in the table, but other names may end in it: the NUL before it belongs to the search.
  const found = strings.indexOf(wanted);
  return found >= 0 && hasTypedef(words, found + 1);
}

// Types are records of 32-bit words: name, then kind and count. Searching for the name's offset and looking at the word
// after it is a hundred times cheaper than walking 100,000 types.
function hasTypedef(words: Uint32Array, nameOffset: number): boolean {
  for (let at = words.indexOf(nameOffset); at >= 0; at = words.indexOf(nameOffset, at + 1)) {
    if (words[at + 1] === BTF_KIND_TYPEDEF << INFO_KIND_SHIFT) return true;
  }
  return false;
}

function kernelBtf(): KernelBtf {
  const known = recent.deref();
  if (known !== undefined && known.strings.length > 0) return known;
  const bytes = readFileSync(VMLINUX_BTF_PATH);
  const headerBytes = bytes.readUInt32LE(4);
  const typesAt = bytes.byteOffset + headerBytes + bytes.readUInt32LE(8);
  const words = new Uint32Array(bytes.buffer, typesAt, bytes.readUInt32LE(12) / 4);
  const stringsAt = headerBytes + bytes.readUInt32LE(16);
  const strings = bytes.subarray(stringsAt, stringsAt + bytes.readUInt32LE(20));
  const made = { words, strings };
  recent = new WeakRef(made);
  return made;
}
