import { describe, expect, test } from "bun:test";
import { interruptedMode, isInterruptEntry } from "./interrupted-mode.ts";
import type { InterruptedMode, SlowClass } from "./slow-event.ts";

const TRACED = ["bpf_prog_1_device_exit", "bpf_trace_run3", "__handle_irq_event_percpu", "handle_edge_irq"];
const SYSTEM_CALL = ["do_syscall_64", "entry_SYSCALL_64_after_hwframe"];
const RECEIVE = ["net_rx_action", "handle_softirqs", "do_softirq.part.0", "__local_bh_enable_ip"];

interface Case {
  readonly what: string;
  readonly symbols: readonly (string | null)[];
  readonly mode: InterruptedMode;
  readonly class?: SlowClass;
}

const CASES: readonly Case[] = [
  { what: "nothing under the entry", symbols: [...TRACED, "common_interrupt", "asm_common_interrupt"], mode: "user" },
  {
    what: "a system call under the entry",
    symbols: [...TRACED, "common_interrupt", "asm_common_interrupt", "clear_page", ...SYSTEM_CALL],
    mode: "kernel",
  },
  {
    what: "a page fault under the entry",
    symbols: [...TRACED, "asm_common_interrupt", "handle_mm_fault", "exc_page_fault", "asm_exc_page_fault"],
    mode: "kernel",
  },
  {
    what: "a softirq of the task's own call under the entry",
    symbols: [...TRACED, "asm_sysvec_apic_timer_interrupt", ...RECEIVE, "udp_sendmsg", ...SYSTEM_CALL],
    mode: "kernel",
  },
  {
    what: "an interrupt that came in a softirq that came over user code: the innermost counts",
    symbols: [
      ...TRACED,
      "asm_common_interrupt",
      "run_timer_softirq",
      "irq_exit_rcu",
      "asm_sysvec_apic_timer_interrupt",
    ],
    mode: "kernel",
  },
  { what: "an NMI over user code", symbols: [...TRACED, "nmi_handle", "asm_exc_nmi"], mode: "user", class: "nmi" },
  {
    what: "an NMI over kernel code",
    symbols: ["nmi_handle", "exc_nmi", "end_repeat_nmi", "clear_page", ...SYSTEM_CALL],
    mode: "kernel",
    class: "nmi",
  },
  {
    what: "an entry that knows that it was the kernel's",
    symbols: [...TRACED, "fred_extint", "asm_fred_entrypoint_kernel", "clear_page"],
    mode: "kernel",
  },
  {
    what: "an entry that knows that it was a user's",
    symbols: [...TRACED, "fred_extint", "asm_fred_entrypoint_user"],
    mode: "user",
  },
  {
    what: "arm64's kernel",
    symbols: [
      "gic_handle_irq",
      "call_on_irq_stack",
      "el1_interrupt",
      "el1h_64_irq_handler",
      "el1h_64_irq",
      "copy_page",
    ],
    mode: "kernel",
  },
  { what: "arm64's kernel before 5.16", symbols: ["gic_handle_irq", "el1_irq", "copy_page"], mode: "kernel" },
  {
    what: "arm64's user code",
    symbols: ["gic_handle_irq", "el0_interrupt", "__el0_irq_handler_common", "el0t_64_irq_handler", "el0t_64_irq"],
    mode: "user",
  },
  {
    what: "a softirq of the task's own call",
    symbols: [...RECEIVE, "udp_sendmsg", ...SYSTEM_CALL],
    mode: "kernel",
    class: "softirq",
  },
  {
    what: "a softirq in ksoftirqd",
    symbols: ["handle_softirqs", "run_ksoftirqd", "smpboot_thread_fn", "kthread", "ret_from_fork_asm"],
    mode: "kernel",
    class: "raise",
  },
  { what: "no stack", symbols: [], mode: "unknown" },
  { what: "a stack without names", symbols: [null, null, null], mode: "unknown", class: "softirq" },
  { what: "a device's stack without an entry", symbols: [...TRACED, "strange_function"], mode: "unknown" },
  { what: "a name that only looks like an entry", symbols: ["my_asm_common_interrupt"], mode: "unknown" },
];

describe("what was interrupted is told by the stack:", () => {
  test.each(CASES)("$what", ({ symbols, mode, class: slowClass = "device" }) => {
    expect(interruptedMode({ class: slowClass, tid: 7, symbols, isWhole: true })).toBe(mode);
  });
});

test("the idle task is idle, whatever its stack says", () => {
  for (const symbols of [[], ["asm_common_interrupt"], ["asm_common_interrupt", "default_idle"]]) {
    expect(interruptedMode({ class: "device", tid: 0, symbols, isWhole: true })).toBe("idle");
  }
});

test("a stack that may be cut off does not say that there is nothing more", () => {
  const evidence = { class: "softirq", tid: 7, isWhole: false } as const;
  expect(interruptedMode({ ...evidence, symbols: ["net_rx_action", "asm_common_interrupt"] })).toBe("unknown");
  expect(interruptedMode({ ...evidence, symbols: RECEIVE })).toBe("unknown");
  expect(interruptedMode({ ...evidence, symbols: ["asm_common_interrupt", "clear_page"] })).toBe("kernel");
});

test("entries of interrupts are told from those of system calls and faults", () => {
  for (const name of ["asm_common_interrupt", "asm_sysvec_call_function", "asm_exc_nmi", "el1h_64_irq"])
    expect(isInterruptEntry(name)).toBe(true);
  for (const name of ["asm_exc_page_fault", "entry_SYSCALL_64_after_hwframe", "ret_from_fork_asm", "el0t_64_sync"])
    expect(isInterruptEntry(name)).toBe(false);
});
