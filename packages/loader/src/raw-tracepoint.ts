import { readFileSync } from "node:fs";

const KALLSYMS_PATH = "/proc/kallsyms";

// Symbols of the kernel's own code: what calls a tracepoint's listeners, and the glue of one listener to BPF.
const CALLERS = ["__traceiter_", "__tracepoint_"] as const;
const BPF_GLUE = " __bpf_trace_";

/**
 * Whether a `raw_tp` program can attach to a tracepoint: the kernel and its modules have the tracepoint, and the kernel
 * was built with CONFIG_BPF_EVENTS. Needs no privileges.
 *
 * @param name the tracepoint without its group: `irq_handler_entry`
 * @returns `null` where the kernel does not tell its symbols (source: /proc/kallsyms)
 *
 * @example
 * ```ts
 * // kernel
 * import { hasRawTracepoint } from "@irqtrace/loader";
 *
 * console.log(hasRawTracepoint("irq_handler_entry")); // true
 * ```
 */
export function hasRawTracepoint(name: string): boolean | null {
  return rawTracepointIn(readSymbols(), name);
}

/** The pure part: what /proc/kallsyms says. */
export function rawTracepointIn(symbols: string, name: string): boolean | null {
  // A kernel without this table, or a sandbox that hides it, has few lines or none.
  if (!symbols.includes(" T ")) return null;
  if (!symbols.includes(BPF_GLUE)) return false;
  // Before 5.10 there were no such functions, and the other kind is listed with CONFIG_KALLSYMS_ALL alone.
  if (!CALLERS.some((prefix) => symbols.includes(` ${prefix}`))) return null;
  return CALLERS.some((prefix) => new RegExp(` ${prefix}${RegExp.escape(name)}[\\s]`).test(symbols));
}

function readSymbols(): string {
  try {
    return readFileSync(KALLSYMS_PATH, "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES")) return "";
    throw error;
  }
}
