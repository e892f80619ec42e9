import { expect, test } from "bun:test";
import { kernelEntries } from "./kernel-entries.ts";

const lines = (...symbols: readonly string[]): string => `${symbols.join("\n")}\n`;

const X86 = lines(
  "ffffffff81000000 T _stext",
  "ffffffff81000080 T entry_SYSCALL_64",
  "ffffffff810000ac T entry_SYSCALL_64_safe_stack",
  "ffffffff810000ba T entry_SYSCALL_64_after_hwframe",
  "ffffffff81000138 t syscall_return_via_sysret",
  "ffffffff81000c60 T asm_exc_page_fault",
  "ffffffff81000d30 T __pfx_asm_common_interrupt",
  "ffffffff81000d40 T asm_common_interrupt",
  "ffffffff81000d60 T __pfx_asm_sysvec_apic_timer_interrupt",
  "ffffffff81000d70 T asm_sysvec_apic_timer_interrupt",
  "ffffffff81000d90 T asm_load_gs_index",
  "ffffffff810015b0 T asm_exc_nmi",
  "ffffffff810016b1 t nested_nmi",
  "ffffffff81248fd0 T ret_from_fork_asm",
  "ffffffff81249000 T rewind_stack_and_make_dead",
  "ffffffff83000000 d asm_common_interrupt_data",
  "ffffffffc0000000 t asm_exc_forged\t[module]",
);

const ranges = (of: readonly { start: bigint; end: bigint }[]): readonly string[] =>
  of.map(({ start, end }) => `${(start & 0xffffffn).toString(16)}-${(end & 0xffffffn).toString(16)}`);

test("entries of x86 are found, neighbours joined, and the NMI's is none of the faults'", () => {
  const { interrupts, others } = kernelEntries(X86);
  expect(ranges(interrupts)).toEqual(["d40-d90", "15b0-16b1"]);
  expect(ranges(others)).toEqual(["80-138", "c60-d40", "248fd0-249000"]);
});

test("entries of arm64 are found", () => {
  const { interrupts, others } = kernelEntries(
    lines(
      "ffff800080011000 t el1h_64_irq",
      "ffff800080011100 t el0t_64_sync",
      "ffff800080011200 t el0t_64_irq",
      "ffff800080011300 t el0t_64_fiq",
      "ffff800080011400 t el0t_64_error",
      "ffff800080011500 t ret_to_kernel",
      "ffff800080011600 t ret_from_fork",
      "ffff800080011700 t cpu_switch_to",
    ),
  );
  expect(ranges(interrupts)).toEqual(["11200-11400"]);
  expect(ranges(others)).toEqual(["11100-11200", "11400-11500", "11600-11700"]);
});

test("another name of an entry does not end it", () => {
  const aliased = lines(
    "ffffffff81000d40 T asm_common_interrupt",
    "ffffffff81000d40 T another_name",
    "ffffffff81000d60 T next",
  );
  expect(ranges(kernelEntries(aliased).interrupts)).toEqual(["d40-d60"]);
});

test("hidden addresses and an end that is not known give nothing", () => {
  expect(kernelEntries(X86.replaceAll(/^[0-9a-f]+/gm, "0000000000000000"))).toEqual({ interrupts: [], others: [] });
  expect(kernelEntries("ffffffff81000d40 T asm_common_interrupt")).toEqual({ interrupts: [], others: [] });
  expect(kernelEntries("")).toEqual({ interrupts: [], others: [] });
});
