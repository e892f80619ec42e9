/* SPDX-License-Identifier: GPL-2.0 */
/* Who the victim of an interrupt is: the task that is current while it runs, that task's cgroup, or the mode that the
 * CPU was in.
 *
 * A softirq that runs in ksoftirqd or ktimers interrupts nobody: it is that thread's own work, and that thread is its
 * victim. One that a task runs when it enables softirqs again takes the task's time, whoever caused it. */
#ifndef IRQTRACE_VICTIM_BPF_H
#define IRQTRACE_VICTIM_BPF_H

#include "types.bpf.h"

/* include/linux/sched.h */
#define PF_KTHREAD 0x200000

struct task_struct {
	unsigned int flags;
} __attribute__((preserve_access_index));

enum victim_kind { BY_TASK, BY_CGROUP, BY_CPU_MODE };

/* 0 is the idle task's in every kind: no cgroup has that id. */
enum cpu_mode { MODE_IDLE, MODE_USER, MODE_KERNEL, MODE_UNKNOWN };

/* Set before load. */
const volatile u32 victim_kind;

#define MAX_FRAMES 127 /* PERF_MAX_STACK_DEPTH */

struct stack {
	u64 frames[MAX_FRAMES + 1];
};
_Static_assert(sizeof(struct stack) == 1024, "struct stack");

enum context { CONTEXT_SOFTIRQ, CONTEXT_HARDIRQ, CONTEXT_NMI, CONTEXTS };

/* Too large for a program's own stack; one for each context that can interrupt another here. Accepted: on PREEMPT_RT
 * from 7.x, and with arm64's pseudo-NMIs, one of the same context can come in between and leave its own stack: a mode is
 * then that of the other. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, CONTEXTS);
	__type(key, u32);
	__type(value, struct stack);
} stacks SEC(".maps");

/* Where the kernel was entered, by the kernel's symbols: a return address in (start, end]. */
#define MAX_RANGES 16

struct range {
	u64 start;
	u64 end;
};

const volatile struct range interrupt_entries[MAX_RANGES]; /* by an interrupt */
const volatile struct range other_entries[MAX_RANGES];     /* by anything else */

static __always_inline bool is_within(const volatile struct range *ranges, u64 address)
{
	u32 index;

#pragma clang loop unroll(disable)
	for (index = 0; index < MAX_RANGES; index++) {
		if (address > ranges[index].start && address <= ranges[index].end)
			return true;
	}
	return false;
}

/* Threads of the kernel never leave it, and need no walk. */
static __always_inline bool is_kernel_thread(void)
{
	return BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), flags) & PF_KTHREAD;
}

/* The outermost frame of the kernel's stack is where it was entered: if by an interrupt, user space was interrupted,
 * this time or when the interrupt came that this one came into. A stack that was not seen to its end says nothing. */
static __always_inline u32 interrupted_mode(void *ctx, u32 context)
{
	struct stack *stack = bpf_map_lookup_elem(&stacks, &context);
	u64 address;
	long bytes;
	u32 last;

	if (is_kernel_thread())
		return MODE_KERNEL;
	if (!stack)
		return MODE_UNKNOWN;
	bytes = bpf_get_stack(ctx, stack->frames, MAX_FRAMES * sizeof(u64), 0);
	if (bytes < (long)sizeof(u64) || bytes >= (long)(MAX_FRAMES * sizeof(u64)))
		return MODE_UNKNOWN;
	last = (u32)bytes / sizeof(u64) - 1;
	asm volatile("" : "+r"(last));
	if (last >= MAX_FRAMES)
		return MODE_UNKNOWN;
	address = stack->frames[last];
	if (is_within(interrupt_entries, address))
		return MODE_USER;
	return is_within(other_entries, address) ? MODE_KERNEL : MODE_UNKNOWN;
}

/* An idle task is nobody, whatever victims are told apart by. Each CPU has its own: as tasks they have rows apart, so
 * that idle CPUs do not contend for one. */
static __always_inline u64 current_victim(void *ctx, u32 context)
{
	if (victim_kind == BY_TASK)
		return bpf_get_current_task();
	if (!(u32)bpf_get_current_pid_tgid())
		return MODE_IDLE;
	return victim_kind == BY_CGROUP ? bpf_get_current_cgroup_id() : interrupted_mode(ctx, context);
}

/* Tells a task from an earlier one at the same address. */
static __always_inline u32 victim_tid(void)
{
	return victim_kind == BY_TASK ? bpf_get_current_pid_tgid() : 0;
}

#endif
