import { existsSync, readFileSync } from "node:fs";
import type { RawSnapshot } from "@irqtrace/decode";
import { nmiHandlers } from "./system-table.ts";

const KALLSYMS_PATH = "/proc/kallsyms";

/**
 * Adds the names of NMI handlers to readings. The kernel's symbols are read when a handler runs for the first time, and
 * not at all where none does.
 */
export function nmiAnnotator(schema: string, read: () => string = readSymbols): (raw: RawSnapshot) => RawSnapshot {
  const names = new Map<string, string>();
  const known = new Set<string>();
  return (raw) => {
    const added = nmiHandlers(raw, schema).filter((address) => !known.has(address));
    if (added.length > 0) {
      const symbols = read();
      for (const address of added) {
        known.add(address);
        const name = symbolAt(symbols, address);
        if (name !== null) names.set(address, name);
      }
    }
    return { ...raw, symbols: Object.fromEntries(names) };
  };
}

/** Lines are `ffffffff81000000 T name`; without CAP_SYSLOG all addresses are 0. */
export function symbolAt(symbols: string, address: string): string | null {
  const digits = address.replace(/^0x/, "").padStart(16, "0");
  return new RegExp(`^${digits} [tTwW] (\\S+)`, "m").exec(symbols)?.[1] ?? null;
}

/** None where the kernel was built without them. */
function readSymbols(): string {
  return existsSync(KALLSYMS_PATH) ? readFileSync(KALLSYMS_PATH, "latin1") : "";
}
