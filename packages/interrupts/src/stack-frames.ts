import type { KernelSymbols } from "@irqtrace/loader";
import { isInterruptEntry } from "./interrupted-mode.ts";
import type { StackFrame } from "./slow-event.ts";

/** Functions between a tracepoint and the program that took the stack, and the program itself. */
const TRACING =
  /^(bpf_prog_\w+|bpf_trace_run\d+|__bpf_trace_\w+|__traceiter_\w+|trace_event_raw_event_\w+|bpf_get_stack\w*)$/;

/**
 * Names the frames of a stack. All but what was interrupted are return addresses, which may lie behind the end of the
 * function that called last: the byte before one tells its function.
 */
export function nameFrames(addresses: readonly bigint[], symbols: KernelSymbols): readonly StackFrame[] {
  let wasInterrupted = false;
  return addresses.map((address) => {
    const back = wasInterrupted ? 0 : 1;
    const found = symbols.find(address - BigInt(back));
    wasInterrupted = found !== null && isInterruptEntry(found.name);
    if (found === null) return { address, symbol: null, module: null, offset: 0 };
    return { address, symbol: found.name, module: found.module, offset: found.offset + back };
  });
}

/** The frames below those that are there only because somebody traces. */
export function withoutTracing(frames: readonly StackFrame[]): readonly StackFrame[] {
  const last = frames.findLastIndex(
    ({ symbol, module }) => module === "bpf" || (symbol !== null && TRACING.test(symbol)),
  );
  return frames.slice(last + 1);
}
