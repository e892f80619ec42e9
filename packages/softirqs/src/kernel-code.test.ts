import { expect, test } from "bun:test";
import { softirqCodeIn } from "./kernel-code.ts";

const KALLSYMS = `ffffffff8135fb60 t do_softirq.part.0
ffffffff8135fbe0 t ksoftirqd_should_run
ffffffff81360300 t __irq_exit_rcu
ffffffff813603c0 T __local_bh_enable_ip
ffffffff813603c0 T an_alias
ffffffff81360500 T my_do_softirq
ffffffff81360ce0 T irq_exit_rcu
ffffffff81360d00 D irq_exit
ffffffff81360d20 T raise_softirq_irqoff
`;
/** What is to be added to the low 32 bits. */
const BASE = -0x1_0000_0000;

test("code is found by its name, up to the next address, with what the compiler split off", () => {
  expect(softirqCodeIn(KALLSYMS)).toEqual({
    interruptExit: [
      { start: BASE + 0x8136_0300, end: BASE + 0x8136_03c0 },
      { start: BASE + 0x8136_0ce0, end: BASE + 0x8136_0d00 },
    ],
    bhEnable: [
      { start: BASE + 0x8135_fb60, end: BASE + 0x8135_fbe0 },
      { start: BASE + 0x8136_03c0, end: BASE + 0x8136_0500 },
    ],
  });
});

test("arm64's addresses are exact too", () => {
  const text = "ffff800080032a40 T irq_exit\nffff800080032a80 T do_softirq\nffff800080032b00 T end\n";
  const start = Number(BigInt.asIntN(64, 0xffff_8000_8003_2a40n));
  expect(softirqCodeIn(text)?.interruptExit).toEqual([{ start, end: start + 0x40 }]);
});

test("there is none where addresses are hidden, or the kernel has no such functions", () => {
  expect(softirqCodeIn(KALLSYMS.replaceAll(/^[0-9a-f]+/gm, "0000000000000000"))).toBeNull();
  expect(softirqCodeIn(KALLSYMS.replaceAll("irq_exit", "other"))).toBeNull();
});

test("no more ranges are given than the program has room for", () => {
  const parts = Array.from({ length: 20 }, (_, part) => `ffffffff8136${part + 1000} t do_softirq.part.${part}\n`);
  expect(softirqCodeIn(`${KALLSYMS}${parts.join("")}`)?.bhEnable).toHaveLength(8);
});
