import { expect, test } from "bun:test";
import type { KernelSymbol, KernelSymbols } from "@irqtrace/loader";
import type { StackFrame } from "./slow-event.ts";
import { FrameNames, withoutTracing } from "./stack-frames.ts";

const FUNCTIONS: readonly (readonly [start: bigint, name: string, module: string | null])[] = [
  [100n, "handle_softirqs", null],
  [200n, "asm_common_interrupt", null],
  [300n, "interrupted_at_its_start", null],
  [400n, "in_a_module", "nf_tables"],
  [500n, "bpf_prog_1234_softirq_exit", "bpf"],
  [600n, "bpf_trace_run1", null],
  [700n, "__traceiter_softirq_exit", null],
];
const symbols: KernelSymbols = {
  count: FUNCTIONS.length,
  find(address): KernelSymbol | null {
    const found = FUNCTIONS.findLast(([start]) => start <= address);
    if (found === undefined) return null;
    const [start, name, module] = found;
    return { name, module, offset: Number(address - start) };
  },
};

const named = (addresses: readonly bigint[]): readonly StackFrame[] => new FrameNames(symbols).nameAll(addresses);

test("a return address belongs to the function that called, even if the call was its last instruction", () => {
  expect(named([200n, 410n])).toEqual([
    { address: 200n, symbol: "handle_softirqs", module: null, offset: 100 },
    { address: 410n, symbol: "in_a_module", module: "nf_tables", offset: 10 },
  ]);
});

test("what was interrupted is where it was, even at a function's first instruction", () => {
  const [, interrupted] = named([210n, 300n]);
  expect(interrupted).toEqual({ address: 300n, symbol: "interrupted_at_its_start", module: null, offset: 0 });
});

test("an address without a function keeps the address alone", () => {
  expect(named([50n])).toEqual([{ address: 50n, symbol: null, module: null, offset: 0 }]);
});

test("frames of tracing are left out, and nothing else is", () => {
  const frames = named([510n, 610n, 710n, 110n, 210n]);
  expect(withoutTracing(frames).map(({ symbol }) => symbol)).toEqual(["handle_softirqs", "asm_common_interrupt"]);
  expect(withoutTracing(named([110n]))).toHaveLength(1);
  const overProgram = named([510n, 610n, 110n, 210n, 510n, 610n, 110n]);
  expect(withoutTracing(overProgram)).toEqual(overProgram.slice(2));
  expect(withoutTracing([])).toEqual([]);
});

test("an address that was met as a return address is still exact where it was interrupted", () => {
  const names = new FrameNames(symbols);
  expect(names.nameAll([300n])[0]?.symbol).toBe("asm_common_interrupt");
  expect(names.nameAll([210n, 300n])[1]?.symbol).toBe("interrupted_at_its_start");
  expect(names.nameAll([300n])[0]?.symbol).toBe("asm_common_interrupt");
});
