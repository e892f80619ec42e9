// The one place that knows bun:ffi. Everything foreign passes through here: libraries, addresses, views of foreign
// memory, callbacks. Another runtime needs another one of these files and nothing else.
import type { FFIFunction, JSCallback, Library, Pointer } from "bun:ffi";
import { UnsupportedPlatformError } from "./errors.ts";

type Backend = typeof import("bun:ffi");

/** An address in this process. Never 0, always below 2^53. */
export type Address = Pointer;

/** Symbols of a library with their C signatures. */
export type Signatures = Readonly<Record<string, FFIFunction>>;

/** The functions of a library, typed by their signatures. */
export type Functions<S extends Record<string, FFIFunction>> = Library<S>["symbols"];

let loadedBackend: Backend | undefined;

function backend(): Backend {
  loadedBackend ??= loadBackend();
  return loadedBackend;
}

/** Throws an {@link UnsupportedPlatformError} where nothing foreign can be called. */
export function requireForeignCalls(): void {
  backend();
}

// An import of "bun:ffi" would make this package throw when Node imports it.
function loadBackend(): Backend {
  if (process.platform !== "linux") {
    throw new UnsupportedPlatformError(
      `Cannot use BPF on "${process.platform}": it is a part of Linux. Run on a Linux machine.`,
    );
  }
  const module: unknown = process.versions.bun === undefined ? undefined : process.getBuiltinModule?.("bun:ffi");
  if (!isBackend(module)) {
    throw new UnsupportedPlatformError(
      'Cannot use BPF from this runtime: it has no "bun:ffi". Run with Bun 1.4 or later.',
    );
  }
  return module;
}

function isBackend(module: unknown): module is Backend {
  return typeof module === "object" && module !== null && "dlopen" in module && "JSCallback" in module;
}

/** Opens a library and resolves all of the symbols. Throws the runtime's own error if the file or one symbol is missing. */
export function openLibrary<const S extends Record<string, FFIFunction>>(path: string, signatures: S): Functions<S> {
  return backend().dlopen(path, signatures).symbols;
}

/**
 * The address of `byteLength` bytes in a view. It holds while the caller keeps the view and does not resize or transfer
 * its buffer; scratch memory must lie over `new ArrayBuffer(n)`, because the engine moves the bytes of a small typed
 * array when its `buffer` is first touched.
 */
export function addressOf(view: ArrayBufferView, byteOffset: number, byteLength: number): Address {
  if (
    !Number.isSafeInteger(byteOffset) ||
    !Number.isSafeInteger(byteLength) ||
    byteOffset < 0 ||
    byteLength < 1 ||
    byteOffset + byteLength > view.byteLength
  ) {
    throw new RangeError(
      `Bytes ${byteOffset} to ${byteOffset + byteLength} do not lie within a buffer of ${view.byteLength} bytes`,
    );
  }
  const address: unknown = backend().ptr(view as Uint8Array, byteOffset);
  return toAddress(address, "a buffer");
}

/** Checks a foreign address before anything is read there. */
export function toAddress(value: unknown, what: string): Address {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value <= 0) {
    throw new TypeError(`${String(value)} is not the address of ${what}`);
  }
  return value as Address;
}

/**
 * Live foreign memory as an ArrayBuffer. It dangles once the memory is unmapped or freed: {@link detach} it first.
 * Hot loops hoist plain reads of it: use the `read…At` functions where a value must be read anew.
 */
export function memoryAt(address: Address, byteLength: number): ArrayBuffer {
  // SAFETY: the caller vouches that byteLength bytes are mapped at the address until it detaches the buffer.
  return backend().toArrayBuffer(address, 0, byteLength);
}

/** Makes all views of the buffer empty, so that none reads memory that is about to go. */
export function detach(buffer: ArrayBuffer): void {
  if (!buffer.detached) buffer.transfer();
}

/** An 8-bit load that is never hoisted or merged. */
export function readU8At(address: Address, byteOffset: number): number {
  return backend().read.u8(address, byteOffset);
}

/** A 16-bit load that is never hoisted or merged. */
export function readU16At(address: Address, byteOffset: number): number {
  return backend().read.u16(address, byteOffset);
}

/** A 32-bit load that is never hoisted or merged. */
export function readU32At(address: Address, byteOffset: number): number {
  return backend().read.u32(address, byteOffset);
}

/** A signed 32-bit load that is never hoisted or merged. */
export function readI32At(address: Address, byteOffset: number): number {
  return backend().read.i32(address, byteOffset);
}

/** A 64-bit load that is never hoisted or merged. */
export function readU64At(address: Address, byteOffset: number): bigint {
  return backend().read.u64(address, byteOffset);
}

/** A copy of a NUL-terminated string. */
export function stringAt(address: Address): string {
  // SAFETY: callers pass only char pointers that libbpf returned, which are NUL-terminated.
  return new (backend().CString)(address);
}

/** A JavaScript function that C can call, on the thread that made it and during calls from it alone. */
export function createCallback(
  callback: (...values: never[]) => number,
  signature: FFIFunction,
): { readonly address: Address; close(): void } {
  const made: JSCallback = new (backend().JSCallback)(callback, signature);
  return { address: toAddress(made.ptr, "a callback"), close: () => made.close() };
}

const encoder = new TextEncoder();

/** The text as C expects it, in memory of its own. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0"))
    throw new TypeError(`${JSON.stringify(text)} holds a NUL character, which ends a string in C`);
  const bytes = encoder.encode(text);
  const terminated = new Uint8Array(new ArrayBuffer(bytes.length + 1));
  terminated.set(bytes);
  return terminated;
}

/** Memory for C to fill, whose address stays the same for as long as it is kept. */
export function scratch(byteLength: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(byteLength));
}
