import type { RawSnapshot } from "@irqtrace/decode";
import { type KernelSymbols, readKernelSymbols } from "@irqtrace/loader";
import { nmiHandlers } from "./system-table.ts";

/**
 * Adds the names of NMI handlers to readings. The kernel's symbols are read when a handler runs for the first time, and
 * not at all where none does.
 */
export function nmiAnnotator(
  schema: string,
  read: () => KernelSymbols = readKernelSymbols,
): (raw: RawSnapshot) => RawSnapshot {
  const names = new Map<string, string>();
  const known = new Set<string>();
  return (raw) => {
    const added = nmiHandlers(raw, schema).filter((address) => !known.has(address));
    if (added.length > 0) {
      const symbols = read();
      for (const address of added) {
        known.add(address);
        const name = functionAt(symbols, address);
        if (name !== null) names.set(address, name);
      }
    }
    return { ...raw, symbols: Object.fromEntries(names) };
  };
}

/** A handler is where its function starts: whatever comes before that address is another one, that has lost its symbol. */
function functionAt(symbols: KernelSymbols, address: string): string | null {
  const symbol = symbols.find(BigInt(address));
  return symbol?.offset === 0 ? symbol.name : null;
}
