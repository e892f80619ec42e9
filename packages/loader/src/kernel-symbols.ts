import { closeSync, openSync, readFileSync, readSync } from "node:fs";

const KALLSYMS_PATH = "/proc/kallsyms";
const PROBE_BYTES = 65_536;

const NEWLINE = 0x0a;
/** Where the type and the name are in a line: after 16 digits and a space, and one more letter and space. */
const TYPE_AT = 17;
const NAME_AT = 19;
/** Functions: t, T, w and W. */
const TEXT_TYPES: readonly number[] = [..."tTwW"].map((letter) => letter.charCodeAt(0));

/**
 * Kernel addresses have 16 set bits on top, on x86-64 and arm64; the 48 below them fit a number. An address without them
 * is none of the kernel's code.
 */
const TOP = 0xffffn << 48n;
const LOW_MASK = (1n << 48n) - 1n;

/** Longer than any function: whatever lies further behind a symbol is not a part of it. */
const MAX_OFFSET = 1 << 20;

/** The function that an address lies in. */
export interface KernelSymbol {
  readonly name: string;
  /** `null` in the kernel itself. */
  readonly module: string | null;
  /** Bytes from its start. */
  readonly offset: number;
}

/** The functions of a running kernel, by address. */
export interface KernelSymbols {
  /** How many there are: 0 where the kernel hides their addresses. */
  readonly count: number;
  find(address: bigint): KernelSymbol | null;
}

/**
 * Whether the kernel shows this process its addresses: not with kernel.kptr_restrict at 2, and at 1 only to who has
 * CAP_SYSLOG.
 *
 * @example
 * ```ts
 * import { showsKernelAddresses } from "@irqtrace/loader";
 *
 * console.log(typeof showsKernelAddresses()); // boolean
 * ```
 */
export function showsKernelAddresses(): boolean {
  return orIfHidden(false, () => {
    const fd = openSync(KALLSYMS_PATH, "r");
    try {
      return showsAddresses((bytes) => readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  });
}

/** The pure part: the first function says it for all. Thousands of other symbols may come before it. */
export function showsAddresses(read: (bytes: Uint8Array) => number): boolean {
  let rest: Uint8Array = new Uint8Array(0);
  const bytes = new Uint8Array(PROBE_BYTES);
  for (let count = read(bytes); count > 0; count = read(bytes)) {
    const text = Buffer.concat([rest, bytes.subarray(0, count)]);
    let start = 0;
    for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
      if (isFunction(text, start, end)) return lowAddress(text, start) > 0;
      start = end + 1;
    }
    rest = text.subarray(start);
  }
  return false;
}

/**
 * Reads the functions that the kernel and its modules have now: a few megabytes, some ten milliseconds.
 *
 * @example
 * ```ts
 * import { readKernelSymbols } from "@irqtrace/loader";
 *
 * const symbols = readKernelSymbols();
 * console.log(symbols.count === 0 ? "hidden" : symbols.find(0xffffffff81000000n)?.name);
 * ```
 */
export function readKernelSymbols(): KernelSymbols {
  return kernelSymbolsIn(orIfHidden(new Uint8Array(0), () => readFileSync(KALLSYMS_PATH)));
}

/** The pure part: what /proc/kallsyms says. A last line that is cut off is left out. */
export function kernelSymbolsIn(text: Uint8Array): KernelSymbols {
  const lines: { readonly low: number; readonly nameAt: number }[] = [];
  let start = 0;
  for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
    const low = isFunction(text, start, end) ? lowAddress(text, start) : 0;
    if (low > 0) lines.push({ low, nameAt: start + NAME_AT });
    start = end + 1;
  }
  // Those of modules and of BPF come after the kernel's own and are in no order. Equal ones keep theirs.
  lines.sort((one, other) => one.low - other.low);
  return new SymbolTable(
    text,
    Float64Array.from(lines, ({ low }) => low),
    Uint32Array.from(lines, ({ nameAt }) => nameAt),
  );
}

class SymbolTable implements KernelSymbols {
  readonly #text: Uint8Array;
  readonly #lows: Float64Array;
  readonly #nameAts: Uint32Array;

  constructor(text: Uint8Array, lows: Float64Array, nameAts: Uint32Array) {
    this.#text = text;
    this.#lows = lows;
    this.#nameAts = nameAts;
  }

  get count(): number {
    return this.#lows.length;
  }

  find(address: bigint): KernelSymbol | null {
    if ((address & TOP) !== TOP) return null;
    const low = Number(address & LOW_MASK);
    const index = this.#lastUpTo(low);
    const offset = low - (this.#lows[index] ?? 0);
    const nameAt = this.#nameAts[index];
    if (nameAt === undefined || offset > MAX_OFFSET) return null;
    const [name = "", module] = lineAt(this.#text, nameAt).split("\t");
    return { name, module: module === undefined ? null : module.slice(1, -1), offset };
  }

  /** The first of the symbols at the highest address that is not above this one; -1 for none. */
  #lastUpTo(low: number): number {
    let [from, to] = [0, this.#lows.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#lows[middle] ?? 0) <= low) from = middle + 1;
      else to = middle;
    }
    let index = from - 1;
    while (index > 0 && this.#lows[index - 1] === this.#lows[index]) index--;
    return index;
  }
}

/** The 12 digits after four that are all set; 0 for any other address. */
function lowAddress(text: Uint8Array, start: number): number {
  let low = 0;
  for (let at = start; at < start + 16; at++) {
    const code = text[at] ?? 0;
    const digit = code >= 0x61 ? code - 0x57 : code - 0x30;
    if (digit < 0 || digit > 15) return 0;
    if (at < start + 4 && digit !== 15) return 0;
    if (at >= start + 4) low = low * 16 + digit;
  }
  return low;
}

function lineAt(text: Uint8Array, start: number): string {
  return String.fromCharCode(...text.subarray(start, text.indexOf(NEWLINE, start)));
}

function isFunction(text: Uint8Array, start: number, end: number): boolean {
  return end > start + NAME_AT && TEXT_TYPES.includes(text[start + TYPE_AT] ?? 0);
}

function orIfHidden<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES"))
      return otherwise;
    throw error;
  }
}
