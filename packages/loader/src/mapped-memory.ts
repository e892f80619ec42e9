import { checkAddress, checkNumber } from "./check.ts";
import { type Address, detach, memoryAt } from "./ffi.ts";
import { nativeCalls } from "./native-calls.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;

/** What to map. */
export interface MapMemoryOptions {
  /** For messages. */
  readonly what: string;
  readonly byteLength: number;
  /** A descriptor whose memory is shared with the kernel; absent for zeroed memory of our own. */
  readonly fd?: number | undefined;
  readonly byteOffset?: number | undefined;
  readonly isWritable: boolean;
}

/** Memory mapped into this process. Closing it makes every view of it empty before the memory goes. */
export class MappedMemory implements Disposable {
  readonly address: Address;
  readonly byteLength: number;
  readonly buffer: ArrayBuffer;
  readonly #what: string;
  #isClosed = false;

  constructor(options: MapMemoryOptions) {
    const { what, byteLength, fd, byteOffset = 0, isWritable } = options;
    const protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ;
    const sharing = fd === undefined ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
    const outcome = nativeCalls().run(({ mmap }) => mmap(null, byteLength, protection, sharing, fd ?? -1, byteOffset));
    this.address = checkAddress(outcome, { operation: "map the memory of", what });
    this.byteLength = byteLength;
    this.buffer = memoryAt(this.address, byteLength);
    this.#what = what;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    detach(this.buffer);
    // SAFETY: the one buffer over this memory is empty now, and whoever reads by address asks isClosed first.
    const outcome = nativeCalls().run(({ munmap }) => munmap(this.address, this.byteLength));
    checkNumber(outcome, { operation: "unmap the memory of", what: this.#what });
  }
}

let pageBytes: number | undefined;

/** Rounds up to whole pages, which is what can be mapped. */
export function roundUpToPages(byteLength: number): number {
  pageBytes ??= nativeCalls().functions.getpagesize();
  return Math.ceil(byteLength / pageBytes) * pageBytes;
}
