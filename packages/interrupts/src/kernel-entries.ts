/** Addresses after `start`, up to `end`: where a call that is made between them returns to. */
export interface AddressRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** By what the kernel can be entered, as the outermost frame of its stack tells. */
export interface KernelEntries {
  readonly interrupts: readonly AddressRange[];
  readonly others: readonly AddressRange[];
}

/**
 * What an interrupt of user space runs first. One of the kernel runs it too, but then there are frames around it.
 * Sources: arch/x86/include/asm/idtentry.h, arch/arm64/kernel/entry.S.
 */
const INTERRUPT =
  "asm_(?:sysvec_\\w+|(?:common|spurious)_interrupt|exc_nmi|exc_xen_hypervisor_callback)|el0t_(?:64|32)_(?:irq|fiq)(?:_handler)?";
/** System calls, faults, and threads that never were in user space. */
const OTHER =
  "entry_(?:SYSCALL|SYSENTER|INT80)\\w*|asm_int80_emulation|asm_exc_\\w+|el0t_(?:64|32)_(?:sync|error)(?:_handler)?|ret_from_fork(?:_asm)?";

/** A line of the kernel's own code; those of modules name them at the end. */
const codeLine = (name: string): RegExp => new RegExp(`^([0-9a-f]+) [Tt] (${name})$`, "gm");
/** Lines after it, some of which name the same address, or bytes before a function that belong to it. */
const LATER_LINE = /([0-9a-f]+) \w (?!__(?:pfx|cfi)_)/y;

/**
 * Reads the kernel's entries from its symbols. Those of the kernel itself come in the order of their addresses.
 *
 * @param symbols what /proc/kallsyms says
 * @returns nothing where addresses are hidden
 */
export function kernelEntries(symbols: string): KernelEntries {
  const isInterrupt = new RegExp(`^(?:${INTERRUPT})$`);
  return {
    interrupts: rangesOf(symbols, codeLine(INTERRUPT)),
    others: rangesOf(symbols, codeLine(OTHER), (name) => !isInterrupt.test(name)),
  };
}

function rangesOf(symbols: string, lines: RegExp, isWanted: (name: string) => boolean = () => true): AddressRange[] {
  const ranges: AddressRange[] = [];
  for (const line of symbols.matchAll(lines)) {
    const [, digits = "", name = ""] = line;
    const start = BigInt(`0x${digits}`);
    const end = isWanted(name) ? nextAddress(symbols, line.index, start) : null;
    if (start === 0n || end === null) continue;
    const last = ranges.at(-1);
    if (last !== undefined && start <= last.end) ranges[ranges.length - 1] = { start: last.start, end };
    else ranges.push({ start, end });
  }
  return ranges;
}

/** The next higher address of another symbol. */
function nextAddress(symbols: string, from: number, start: bigint): bigint | null {
  for (let at = symbols.indexOf("\n", from); at >= 0; at = symbols.indexOf("\n", at + 1)) {
    LATER_LINE.lastIndex = at + 1;
    const digits = LATER_LINE.exec(symbols)?.[1];
    const address = digits === undefined ? 0n : BigInt(`0x${digits}`);
    if (address > start) return address;
  }
  return null;
}
