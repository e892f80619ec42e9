import { dlopen, type Library, type Pointer, toArrayBuffer } from "bun:ffi";
import { bundledLibbpf } from "../bundled-libbpf.ts";

// libc's functions are found through libbpf, which needs libc.
const SIGNATURES = {
  libbpf_version_string: { args: [], returns: "cstring" },
  bpf_object__open_file: { args: ["ptr", "ptr"], returns: "ptr" },
  irqtrace_shim_version: { args: [], returns: "u32" },
  irqtrace_log_start: { args: ["u32", "i32"], returns: "void" },
  irqtrace_log_stop: { args: [], returns: "u32" },
  irqtrace_log_read: { args: ["ptr", "u32"], returns: "i32" },
  irqtrace_ring_ready: { args: ["ptr", "ptr", "ptr", "u32"], returns: "i32" },
  irqtrace_ring_release: { args: ["ptr", "u64"], returns: "void" },
  irqtrace_ring_drain: { args: ["ptr", "ptr", "ptr", "u32", "ptr", "u32", "ptr"], returns: "i32" },
  mmap: { args: ["ptr", "u64", "i32", "i32", "i32", "i64"], returns: "ptr" },
  munmap: { args: ["ptr", "u64"], returns: "i32" },
  mprotect: { args: ["ptr", "u64", "i32"], returns: "i32" },
} as const;

/** What the tests call of the bundled libbpf. */
export type Shim = Library<typeof SIGNATURES>["symbols"];

/** Opens the bundled libbpf of this machine. */
export function openShim(): Shim {
  const bundled = bundledLibbpf();
  if (bundled === null) throw new Error("No libbpf is bundled for this machine.");
  return dlopen(bundled.path, SIGNATURES).symbols;
}

const PAGE_BYTES = 64 * 1024; // a multiple of every page size
const PROT_NONE = 0;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS = 0x22;

/** Memory that ends where nothing may be touched: a load or a store beyond it ends the process. */
export class GuardedMemory implements Disposable {
  readonly address: Pointer;
  readonly bytes: Uint8Array;
  readonly #shim: Shim;
  readonly #start: Pointer;
  readonly #mappedBytes: number;

  constructor(shim: Shim, byteLength: number) {
    const usable = Math.ceil(byteLength / PAGE_BYTES) * PAGE_BYTES;
    this.#shim = shim;
    this.#mappedBytes = usable + PAGE_BYTES;
    this.#start = mustBeAddress(shim.mmap(null, this.#mappedBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0));
    if (shim.mprotect(pointerAt(this.#start, usable), PAGE_BYTES, PROT_NONE) !== 0) throw new Error("mprotect failed");
    this.address = pointerAt(this.#start, usable - byteLength);
    this.bytes = new Uint8Array(toArrayBuffer(this.#start, 0, usable), usable - byteLength, byteLength);
  }

  /** No view of the memory may be used after this. */
  [Symbol.dispose](): void {
    this.#shim.munmap(this.#start, this.#mappedBytes);
  }
}

export function pointerAt(start: Pointer, byteOffset: number): Pointer {
  return (start + byteOffset) as Pointer;
}

function mustBeAddress(value: unknown): Pointer {
  if (typeof value !== "number" || value <= 0) throw new Error(`mmap gave ${String(value)}`);
  return value as Pointer;
}
