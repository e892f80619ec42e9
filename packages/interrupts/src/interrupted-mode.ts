import type { InterruptedMode, SlowClass } from "./slow-event.ts";

/** What a stack says to who reads it for the mode. */
export interface ModeEvidence {
  readonly class: SlowClass;
  readonly tid: number;
  /** Names of the kernel's stack, innermost first; `null` where an address has none. */
  readonly symbols: readonly (string | null)[];
  /** False where there may be more frames. */
  readonly isWhole: boolean;
}

/** Where the kernel is entered by an interrupt, from wherever: what lies under it was interrupted. Source: arch/x86/entry. */
const ENTRY = /^(xen_)?asm_(common_interrupt|spurious_interrupt|sysvec_\w+|exc_nmi\w*|exc_xen\w*)$/;
/** Entries that say themselves what they interrupt: of FRED, of an NMI within the kernel, of arm64's exception levels. */
const FROM_KERNEL = /^(asm_fred_entrypoint_kernel|end_repeat_nmi|el1h?_(64_)?(irq|fiq|error|interrupt)\w*)$/;
const FROM_USER = /^(asm_fred_entrypoint_user|el0t?_(64_|32_)?(irq|fiq|error|interrupt)\w*)$/;

type Entry = "from kernel" | "from user" | "from either" | "none";

/** Of names that were looked at before: a few dozen stand in all stacks. */
const knownEntries = new Map<string, Entry>();
const MOST_KNOWN = 10_000;

function entryOf(symbol: string): Entry {
  const known = knownEntries.get(symbol);
  if (known !== undefined) return known;
  const entry = classify(symbol);
  if (knownEntries.size >= MOST_KNOWN) knownEntries.clear();
  knownEntries.set(symbol, entry);
  return entry;
}

function classify(symbol: string): Entry {
  if (FROM_KERNEL.test(symbol)) return "from kernel";
  if (FROM_USER.test(symbol)) return "from user";
  return ENTRY.test(symbol) ? "from either" : "none";
}

/** Whether the frame below one of this function is where the interrupt came. */
export function isInterruptEntry(symbol: string): boolean {
  return entryOf(symbol) !== "none";
}

/**
 * What was interrupted. The idle task tells by its number, all others by the stack under the innermost entry of an
 * interrupt; a softirq without one runs in the task's own call. Whatever else there is stays unknown.
 */
export function interruptedMode({ class: slowClass, tid, symbols, isWhole }: ModeEvidence): InterruptedMode {
  if (tid === 0) return "idle";
  const index = symbols.findIndex((symbol) => symbol !== null && isInterruptEntry(symbol));
  if (index < 0) {
    const isSoftirq = slowClass === "softirq" || slowClass === "raise";
    return isSoftirq && isWhole && typeof symbols.at(-1) === "string" ? "kernel" : "unknown";
  }
  const entry = entryOf(symbols[index] ?? "");
  if (entry === "from kernel" || index < symbols.length - 1) return entry === "from user" ? "user" : "kernel";
  return entry === "from user" || isWhole ? "user" : "unknown";
}
