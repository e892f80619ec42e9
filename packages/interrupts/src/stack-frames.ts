import type { KernelSymbols } from "@irqtrace/loader";
import { isInterruptEntry } from "./interrupted-mode.ts";
import type { StackFrame } from "./slow-event.ts";

/** Functions between a tracepoint and the program that took the stack, and the program itself. */
const TRACING =
  /^(bpf_prog_\w+|bpf_trace_run\d+|__bpf_trace_\w+|__traceiter_\w+|trace_event_raw_event_\w+|bpf_get_stack\w*)$/;

/** Addresses whose names are kept: the same ones stand in nearly all stacks. */
const MOST_KEPT = 20_000;

/** Names the frames of stacks. */
export class FrameNames {
  readonly #symbols: KernelSymbols;
  readonly #returns = new Map<bigint, StackFrame>();

  constructor(symbols: KernelSymbols) {
    this.#symbols = symbols;
  }

  /**
   * All but what was interrupted are return addresses, which may lie behind the end of the function that called last: the
   * byte before one tells its function.
   */
  nameAll(addresses: readonly bigint[]): readonly StackFrame[] {
    let wasInterrupted = false;
    return addresses.map((address) => {
      const frame = wasInterrupted ? this.#name(address, 0) : this.#nameReturn(address);
      wasInterrupted = frame.symbol !== null && isInterruptEntry(frame.symbol);
      return frame;
    });
  }

  #nameReturn(address: bigint): StackFrame {
    const known = this.#returns.get(address);
    if (known !== undefined) return known;
    const frame = this.#name(address, 1);
    if (this.#returns.size >= MOST_KEPT) this.#returns.clear();
    this.#returns.set(address, frame);
    return frame;
  }

  #name(address: bigint, back: number): StackFrame {
    const found = this.#symbols.find(address - BigInt(back));
    if (found === null) return { address, symbol: null, module: null, offset: 0 };
    return { address, symbol: found.name, module: found.module, offset: found.offset + back };
  }
}

/**
 * The frames below those that are there only because somebody traces. What was interrupted may be a program too: those
 * below the innermost entry of an interrupt stay.
 */
export function withoutTracing(frames: readonly StackFrame[]): readonly StackFrame[] {
  const entry = frames.findIndex(({ symbol }) => symbol !== null && isInterruptEntry(symbol));
  const own = entry < 0 ? frames : frames.slice(0, entry);
  return frames.slice(own.findLastIndex(isTracing) + 1);
}

function isTracing({ symbol, module }: StackFrame): boolean {
  return module === "bpf" || (symbol !== null && TRACING.test(symbol));
}
