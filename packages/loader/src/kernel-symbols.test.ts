import { describe, expect, test } from "bun:test";
import { kernelSymbolsIn, readKernelSymbols, showsAddresses, showsKernelAddresses } from "./kernel-symbols.ts";

const LINES = [
  "0000000000000000 A fixed_percpu_data",
  "ffffffff81000000 T _stext",
  "ffffffff81000000 T _text",
  "ffffffff81000100 t net_rx_action",
  "ffffffff81000200 D some_data",
  "ffffffff81000300 W weak_function",
  "ffffffffc0020000 t second\t[a_module]",
  "ffffffffc0010000 t first\t[a_module]",
  "ffffffffc0030000 t bpf_prog_1234_entry\t[bpf]",
];
const symbolsOf = (lines: readonly string[]): ReturnType<typeof kernelSymbolsIn> =>
  kernelSymbolsIn(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));

test("an address is in the last function that starts at it or below it", () => {
  const symbols = symbolsOf(LINES);
  expect(symbols.count).toBe(7);
  expect(symbols.find(0xffffffff81000000n)).toEqual({ name: "_stext", module: null, offset: 0 });
  expect(symbols.find(0xffffffff810000ffn)).toEqual({ name: "_stext", module: null, offset: 255 });
  expect(symbols.find(0xffffffff81000250n)).toEqual({ name: "net_rx_action", module: null, offset: 0x150 });
  expect(symbols.find(0xffffffff81000301n)).toEqual({ name: "weak_function", module: null, offset: 1 });
});

test("functions of modules and of BPF are found although they are in no order", () => {
  const symbols = symbolsOf(LINES);
  expect(symbols.find(0xffffffffc0010010n)).toEqual({ name: "first", module: "a_module", offset: 16 });
  expect(symbols.find(0xffffffffc0020010n)).toEqual({ name: "second", module: "a_module", offset: 16 });
  expect(symbols.find(0xffffffffc0030010n)?.module).toBe("bpf");
});

test("what lies in no function has no name", () => {
  const symbols = symbolsOf(LINES);
  for (const address of [0n, 0x7fffdeadbeefn, 0xffffffff80ffffffn, 0xffffffff82000000n, 0xffffffffffffffffn]) {
    expect(symbols.find(address)).toBeNull();
  }
});

test("arm64's addresses are found too", () => {
  const symbols = symbolsOf(["ffff800080010000 T el1h_64_irq", "ffff800080020000 T el0t_64_irq"]);
  expect(symbols.find(0xffff800080010068n)).toEqual({ name: "el1h_64_irq", module: null, offset: 0x68 });
});

test("where the kernel hides its addresses there are none", () => {
  const hidden = symbolsOf(LINES.map((line) => `${"0".repeat(16)}${line.slice(16)}`));
  expect(hidden.count).toBe(0);
  expect(hidden.find(0xffffffff81000000n)).toBeNull();
});

test.each([
  ["nothing", ""],
  ["lines without a name", "ffffffff81000000 T\n\n \nffffffff81000000\n"],
  ["no hexadecimal digits", "gggggggggggggggg T name\nffffffff8100000\u0000 T name\n"],
  ["a line that is cut off", "ffffffff81000000 T name"],
  ["binary rubbish", "\u0000\u00ff\n\n\u0001T\n".repeat(20)],
])("a bogus table gives no symbols: %s", (_what, text) => {
  const symbols = kernelSymbolsIn(new TextEncoder().encode(text));
  expect(symbols.count).toBe(0);
  expect(symbols.find(0xffffffff81000010n)).toBeNull();
});

describe("whether addresses are shown", () => {
  /** A file of these lines that is read a few bytes at a time. */
  const shows = (lines: readonly string[], stepBytes: number): boolean => {
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
    let offset = 0;
    return showsAddresses((target) => {
      const step = bytes.subarray(offset, offset + Math.min(stepBytes, target.length));
      target.set(step);
      offset += step.length;
      return step.length;
    });
  };
  const variables = new Array<string>(3_000).fill("0000000000001000 A some_percpu_variable");
  const [, ...functions] = LINES;

  test.each([7, 100, 1 << 20])("is told by the first function, however far from the start it is (%d bytes)", (step) => {
    expect(shows([...variables, ...functions], step)).toBe(true);
    const hidden = functions.map((line) => `${"0".repeat(16)}${line.slice(16)}`);
    expect(shows([...variables, ...hidden], step)).toBe(false);
    expect(shows(variables, step)).toBe(false);
  });

  test("is told of this kernel as its table has it", () => {
    expect(showsKernelAddresses()).toBe(readKernelSymbols().count > 0);
  });
});

test("this kernel's table is read whole or not at all", () => {
  const { count } = readKernelSymbols();
  expect(count === 0 || count > 5_000).toBe(true);
});
